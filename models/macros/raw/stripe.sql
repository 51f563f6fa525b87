{#
    How far along a state of a Stripe object is, by its `status`: of two states of one second the later is that with the
    higher rank, for an invoice that is paid never was open thereafter. Events carry whole seconds and no order.
#}
{% macro stripe_state_rank(status) -%}
    case {{ status }}
        when 'draft' then 0
        when 'incomplete' then 0
        when 'trialing' then 1
        when 'open' then 2
        when 'active' then 2
        when 'past_due' then 3
        when 'unpaid' then 4
        when 'uncollectible' then 4
        when 'void' then 5
        when 'paid' then 5
        when 'canceled' then 5
        when 'incomplete_expired' then 5
        else 1
    end
{%- endmacro %}

{#
    Whether a discount of Stripe lasts to the end of a term, by its coupon's `duration` and the second at which it ends: of
    one that ends before, the price comes back by itself.
#}
{% macro stripe_discount_lasts(duration, ends_at, term_end_date) -%}
    (
        {{ duration }} = 'forever'
        or (
            {{ duration }} = 'repeating'
            and {{ local_date(epoch_seconds_to_timestamp(ends_at)) }} >= {{ term_end_date }}
        )
    )
{%- endmacro %}
