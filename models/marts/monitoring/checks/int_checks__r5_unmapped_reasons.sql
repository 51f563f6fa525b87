-- Words that were given for a loss and have no row in the seed loss_reasons.
select
    'R5' as check_id,
    count(distinct case when reason_category = 'unmapped' then {{ plain_words('reason_said') }} end) as value,
    count(*) as n
from {{ ref('fct_losses') }}
