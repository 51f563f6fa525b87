-- Who sponsors and who champions is what a field of the org's own says, else the contact's roles on the account and
-- on opportunities (AccountContactRole, OpportunityContactRole): a role that names a sponsor, or a champion. A
-- contact has a version for each change of its own, and of its roles.
with

landed as (
    {{ raw_rows('salesforce', 'Contact', [
        ('Id', 'string'),
        ('AccountId', 'string'),
        ('Email', 'string'),
        ('Name', 'string'),
        ('Title', 'string'),
        ('Is_Exec_Sponsor__c', 'boolean', 'is_exec_sponsor'),
        ('Is_Champion__c', 'boolean', 'is_champion'),
        ('Has_Consent__c', 'boolean', 'has_consent'),
        ('Left_At__c', 'timestamp', 'left_at'),
        ('IsDeleted', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

{% for object in ['AccountContactRole', 'OpportunityContactRole'] -%}
landed_roles_{{ loop.index }} as (
    {{ raw_rows('salesforce', object, [
        ('Id', 'string'),
        ('ContactId', 'string'),
        ('Role', 'string'),
        ('IsDeleted', 'boolean'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

{% endfor -%}
roles as (
    select
        source_name,
        Id as role_id,
        ContactId as contact_id,
        {{ mapped_value('contact_role', 'Role') }} as role_word,
        coalesce(IsDeleted, false) as is_deleted,
        SystemModstamp as changed_at,
        _airbyte_extracted_at,
        coalesce(
            lead(SystemModstamp) over (
                partition by source_name, Id order by SystemModstamp, _airbyte_extracted_at
            ),
            cast('9999-12-31' as {{ dbt.type_timestamp() }})
        ) as changed_until
    from (
        select * from landed_roles_1
        union all
        select * from landed_roles_2
    ) as both_kinds
    where ContactId is not null
),

-- the instants at which a contact may be another
moments as (
    select
        source_name,
        Id as contact_id,
        SystemModstamp as moment_at
    from landed
    union distinct
    select
        source_name,
        contact_id,
        changed_at as moment_at
    from roles
),

-- the contact as it was at each: its last version by then, else its first
told as (
    select
        landed.*,
        moments.moment_at,
        row_number() over (
            partition by moments.source_name, moments.contact_id, moments.moment_at
            order by
                case when landed.SystemModstamp <= moments.moment_at then 0 else 1 end asc,
                case when landed.SystemModstamp <= moments.moment_at then landed.SystemModstamp end desc nulls last,
                landed.SystemModstamp asc,
                landed._airbyte_extracted_at desc nulls last
        ) as choice
    from moments
    inner join landed
        on moments.source_name = landed.source_name and moments.contact_id = landed.Id
),

held_roles as (
    select
        moments.source_name,
        moments.contact_id,
        moments.moment_at,
        max(case when not roles.is_deleted then roles.role_word end) as role_word,
        max(case when not roles.is_deleted and roles.role_word like '%sponsor%' then 1 else 0 end) as sponsor_count,
        max(case when not roles.is_deleted and roles.role_word like '%champion%' then 1 else 0 end) as champion_count
    from moments
    inner join roles
        on
            moments.source_name = roles.source_name
            and moments.contact_id = roles.contact_id
            and moments.moment_at >= roles.changed_at
            and moments.moment_at < roles.changed_until
    group by moments.source_name, moments.contact_id, moments.moment_at
),

final as (
    select
        {{ clean_text('told.Id') }} as contact_id,
        {{ clean_text('told.AccountId') }} as account_id,
        {{ clean_text('told.Email') }} as email,
        {{ clean_text('told.Name') }} as name,
        {{ clean_text('told.Title') }} as title,
        held_roles.role_word as role,
        coalesce(told.Is_Exec_Sponsor__c, held_roles.sponsor_count = 1) as is_exec_sponsor,
        coalesce(told.Is_Champion__c, held_roles.champion_count = 1) as is_champion,
        told.Has_Consent__c as has_consent,
        told.Left_At__c as left_at,
        told.moment_at as updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        told.source_name,
        told._airbyte_extracted_at,
        coalesce(told.IsDeleted, false) as is_deleted
    from told
    left join held_roles
        on
            told.source_name = held_roles.source_name
            and told.Id = held_roles.contact_id
            and told.moment_at = held_roles.moment_at
    where told.choice = 1 and told.AccountId is not null
)

select * from final
