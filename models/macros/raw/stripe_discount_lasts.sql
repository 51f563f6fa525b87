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
