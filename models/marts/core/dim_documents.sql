-- One row per customer and document that is kept elsewhere (a deck, a plan, notes), as known on the as-of day.
with

documents as (
    select *
    from {{ ref('int_canonical__documents') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}
),

accounts as (
    select account_id from {{ ref('dim_accounts') }}
),

final as (
    select
        documents.document_id,
        documents.account_id,
        documents.url,
        documents.title,
        documents.kind,
        documents.made_date
    from documents
    inner join accounts
        on documents.account_id = accounts.account_id
)

select * from final
