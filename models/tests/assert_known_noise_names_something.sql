-- What is known to be noisy is a signal, an aspect of the audit, or an account: a row that names nothing says nothing.
{{ config(severity='warn') }}
select *
from {{ ref('fct_known_noise') }}
where kind is null
