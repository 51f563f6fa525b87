select * from {{ source('scoring', 'renewal_stages') }}
