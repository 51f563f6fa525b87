-- Movements are net: an account has at most one kind in a month, contraction and churn negative.
select *
from {{ ref('fct_arr_movements') }}
where
    case when arr_new != 0 then 1 else 0 end
    + case when arr_expansion != 0 then 1 else 0 end
    + case when arr_contraction != 0 then 1 else 0 end
    + case when arr_churned != 0 then 1 else 0 end
    + case when arr_reactivation != 0 then 1 else 0 end > 1
    or least(arr_new, arr_expansion, arr_reactivation) < 0
    or greatest(arr_contraction, arr_churned) > 0
