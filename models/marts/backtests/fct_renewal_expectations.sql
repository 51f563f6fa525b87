select * from {{ ref('stg_scoring__renewal_expectations') }}
