select * from {{ source('scoring', 'renewal_expectations') }}
