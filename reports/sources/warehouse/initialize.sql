-- Read before each query: what several of them say in the same words.

-- The address of an account's page: its id where that can stand in one, and in a file's name (at most 255 bytes on most
-- systems, with what the site adds), else a digest of it.
create or replace temp macro page_of(account_id) as
    case
        when regexp_full_match(account_id, '[A-Za-z0-9_-]{1,100}') then account_id
        else md5(account_id)
    end;

-- At risk: a flag of at least at_risk_sustained.
create or replace temp macro at_risk(flag) as
    coalesce(flag in ('at_risk_sustained', 'at_risk_renewal', 'critical'), false);

-- A number as a reader writes it: whole when it is whole.
create or replace temp macro plain_number(number_value) as
    case
        when number_value is null then null
        when number_value = round(number_value) then format('{:,}', cast(number_value as bigint))
        else format('{:,.2f}', number_value)
    end;

-- Which of several model versions a page shows: the one in force (true) before those that it replaced.
create or replace temp macro in_force(version) as
    version = (select model_version from intermediate.int_scores__model_version);

-- The name of an owner, else the id.
create or replace temp macro owner_label(owner_name, owner_id) as
    coalesce(owner_name, owner_id, 'No owner');
