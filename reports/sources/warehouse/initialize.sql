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

-- A number as a reader writes it: whole when it is whole, and never -0.
create or replace temp macro plain_number(number_value) as
    case
        when number_value is null then null
        when round(number_value, 2) = round(number_value) then format('{:,}', cast(round(number_value) as bigint))
        else format('{:,.2f}', number_value)
    end;

-- A signal's value among those of a day, which components/whatif.js reads: nothing without data, x where it was not computed.
create or replace temp macro value_text(is_computed, signal_value) as
    case
        when not is_computed then 'x'
        else coalesce(regexp_replace(cast(round(signal_value, 10) as varchar), '\.0$', ''), '')
    end;

-- Money and other whole numbers in a sentence: 17,287.
create or replace temp macro whole(number_value) as format('{:,}', cast(round(number_value) as bigint));

-- Money in a headline: 5.06 M, 386 k, 9,120.
create or replace temp macro short_money(number_value) as
    case
        when abs(number_value) >= 999500 then printf('%.2f M', number_value / 1e6)
        when abs(number_value) >= 9999.5 then printf('%.0f k', number_value / 1e3)
        else format('{:,}', cast(round(number_value) as bigint))
    end;

-- A day in a sentence: 29 Nov 2026.
create or replace temp macro day_text(day) as strftime(day, '%-d %b %Y');

-- A number with its noun: 1 account, 2 accounts.
create or replace temp macro counted(number_value, noun) as
    format('{:,}', cast(number_value as bigint)) || ' ' || noun || case when number_value = 1 then '' else 's' end;

-- A name from outside within a sentence, isolated (U+2068 … U+2069), so that its direction turns nothing else round.
create or replace temp macro isolated(outside_name) as chr(8296) || outside_name || chr(8297);

-- A word of a closed set as people write it: at_risk becomes At risk.
create or replace temp macro in_words(word) as
    upper(substr(word, 1, 1)) || replace(substr(word, 2), '_', ' ');

create or replace temp macro segment_words(segment) as
    case segment when 'smb' then 'SMB' when 'mid_market' then 'Mid-market' when 'all' then 'all' else in_words(segment) end;

create or replace temp macro flag_words(flag) as
    case flag
        when 'at_risk_sustained' then 'At risk (sustained)'
        when 'at_risk_renewal' then 'At risk before renewal'
        else in_words(flag)
    end;

-- Where an account stands, of states that are each other's rest: the first three are what is at risk.
create or replace temp macro state_words(flag, score) as
    case when score is null then 'No score' else coalesce(flag_words(flag), 'Healthy') end;

create or replace temp macro state_order(flag, score) as
    case
        when score is null then 6
        when flag = 'critical' then 1
        when flag = 'at_risk_renewal' then 2
        when flag = 'at_risk_sustained' then 3
        when flag = 'watch' then 4
        else 5
    end;

-- A signal by its name: license_utilization becomes license utilization.
create or replace temp macro signal_words(signal) as
    replace(replace(replace(signal, '_', ' '), 'qbr', 'QBR'), 'csm', 'CSM');

-- Which of several model versions a page shows: the one in force (true) before those that it replaced.
create or replace temp macro in_force(version) as
    version = (select model_version from intermediate.int_scores__model_version);

-- The name of an owner, else the id.
create or replace temp macro owner_label(owner_name, owner_id) as
    coalesce(owner_name, owner_id, 'No owner');

-- A measurement in a sentence: 33 % of them, 175 hours, 4.5 days.
create or replace temp macro rough_number(number_value) as
    case
        when abs(number_value) >= 10 or round(number_value, 1) = round(number_value) then whole(number_value)
        else printf('%.1f', number_value)
    end;

-- What was measured, in the words of a signal: `[…]` only where the days are known, `{measure|day|days}` by the number.
create or replace temp macro measured_in_words(signal, words, measure, lookback_days, recent_days) as
    case
        when signal = 'payment_timeliness' and measure < 0
            then counted(-measure, 'day') || ' early at the latest'
        else coalesce(
            replace(
                regexp_replace(
                    replace(
                        case
                            when lookback_days is null then regexp_replace(words, '\[.*\]', '')
                            else replace(replace(
                                replace(words, '{lookback_days}', plain_number(lookback_days)), '[', ''
                            ), ']', '')
                        end,
                        '{recent_days}', coalesce(plain_number(recent_days), '')
                    ),
                    '\{measure\|([^|}]*)\|([^}]*)\}',
                    case when measure = 1 then '{measure} \1' else '{measure} \2' end
                ),
                '{measure}', coalesce(rough_number(measure), '')
            ),
            rough_number(measure)
        )
    end;

-- The sentence about what was measured of a signal: that of the cut that applied goes before the signal's own.
create or replace temp macro sentence_of(of_signal, of_cut, of_measure) as (
    select
        arg_max(
            sentences.words,
            case when sentences.cut is null then 0 else 2 end + case when sentences.part = 'state' then 0 else 1 end
        )
    from intermediate.signal_words as sentences
    where
        sentences.signal = of_signal
        and (sentences.cut is null or sentences.cut = of_cut)
        and (
            sentences.part = 'state' and of_measure is not null
            or sentences.part = 'state_at_zero' and of_measure = 0
            or sentences.part = 'state_without_measure' and of_measure is null
        )
);

-- Of each account the signals in the red on the last day, the lowest first: those of the score's weights whose value is in the
-- band that makes an account red.
create or replace temp macro red_signals() as table (
    select
        facts.account_id,
        string_agg(in_words(signal_words(facts.signal)), '; ' order by facts.signal_value, facts.signal) as red_signals
    from marts.fct_signal_contributions_daily as facts
    inner join marts.fct_account_health_daily as health
        on
            facts.account_id = health.account_id
            and facts.as_of_date = health.as_of_date
            and facts.model_version = health.model_version
    inner join intermediate.category_cuts as cuts
        on cuts.category = 'red' and cuts.segment is null
    left join intermediate.category_cuts as own_cuts
        on own_cuts.category = 'red' and own_cuts.segment = health.segment
    where
        facts.as_of_date = (select max(as_of_date) from marts.fct_account_health_daily)
        and in_force(facts.model_version)
        and facts.weight > 0
        and facts.signal_value <= coalesce(own_cuts.max_score, cuts.max_score)
    group by facts.account_id
);
