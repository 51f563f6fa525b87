-- One row per document of an account that is kept elsewhere.
select
    page_of(account_id) as account_page,
    title,
    url,
    coalesce(kind, 'document') as kind,
    made_date
from marts.dim_documents
order by account_id, document_id
