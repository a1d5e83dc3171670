namespace CpIs.Fhir.Storage.Sqlite.Schemas;

/// <summary>
/// The first tables, each index named after the query that it serves. Times are Unix milliseconds, NHS numbers are integers
/// (half the size in an index). Only current versions are in <c>resource</c>, so that every search sees only these.
/// </summary>
internal static class FirstTables
{
    public const string Script = """
        CREATE TABLE resource (
            key INTEGER PRIMARY KEY,
            type INTEGER NOT NULL,
            id TEXT NOT NULL,
            version INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            authority TEXT NOT NULL,
            identity TEXT,
            child INTEGER,
            side BLOB NOT NULL,
            setting_view BLOB NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX resource_read ON resource (type, id);
        CREATE UNIQUE INDEX resource_read_by_identity ON resource (type, identity) WHERE identity IS NOT NULL;
        CREATE INDEX resource_read_child ON resource (child, type) WHERE child IS NOT NULL;
        CREATE INDEX resource_search ON resource (type, authority, updated, id);
        CREATE INDEX resource_search_of_all ON resource (type, updated, id);

        CREATE TABLE resource_version (
            resource INTEGER NOT NULL,
            version INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            authority TEXT NOT NULL,
            identity TEXT,
            child INTEGER,
            side BLOB NOT NULL,
            setting_view BLOB NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX resource_read_version ON resource_version (resource, version);

        CREATE TABLE token (
            type INTEGER NOT NULL,
            authority TEXT NOT NULL,
            token TEXT NOT NULL,
            resource INTEGER NOT NULL,
            PRIMARY KEY (type, authority, token, resource)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE token_owner (
            type INTEGER NOT NULL,
            authority TEXT NOT NULL,
            PRIMARY KEY (type, authority)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE answer (
            client TEXT NOT NULL,
            request TEXT NOT NULL,
            hash BLOB NOT NULL,
            status INTEGER NOT NULL,
            body BLOB NOT NULL,
            location TEXT,
            expires INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX answer_read ON answer (client, request);
        CREATE INDEX answer_purge ON answer (expires);

        CREATE TABLE occurrence (
            key INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            kind INTEGER NOT NULL,
            time INTEGER NOT NULL,
            child INTEGER,
            in_history INTEGER NOT NULL,
            person TEXT,
            document BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX occurrence_read ON occurrence (id);
        CREATE INDEX occurrence_search ON occurrence (time, id);
        CREATE INDEX occurrence_search_child ON occurrence (child, time, id) WHERE child IS NOT NULL;
        CREATE INDEX occurrence_search_kind ON occurrence (kind, time, id) WHERE kind <> 0;
        CREATE INDEX occurrence_history ON occurrence (child, time, id, person) WHERE in_history = 1;

        CREATE TABLE concern (
            authority TEXT NOT NULL,
            time INTEGER NOT NULL,
            id TEXT NOT NULL,
            kind INTEGER NOT NULL,
            child INTEGER,
            occurrence INTEGER NOT NULL,
            PRIMARY KEY (authority, time, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX concern_search_child ON concern (authority, child, time, id) WHERE child IS NOT NULL;

        CREATE TABLE obligation (
            key INTEGER PRIMARY KEY,
            authority TEXT NOT NULL,
            occurrence TEXT NOT NULL,
            time INTEGER NOT NULL,
            person TEXT,
            organisation TEXT NOT NULL,
            child INTEGER,
            settled INTEGER
        ) STRICT;
        CREATE INDEX obligation_open ON obligation (authority, key, time) WHERE settled IS NULL;

        CREATE TABLE subscription (
            id TEXT NOT NULL PRIMARY KEY,
            authority TEXT NOT NULL,
            takes_events INTEGER NOT NULL,
            max_count INTEGER NOT NULL,
            last_number INTEGER NOT NULL DEFAULT 0,
            numbered_to INTEGER NOT NULL DEFAULT 0,
            fence INTEGER NOT NULL DEFAULT 0,
            last_claim INTEGER NOT NULL DEFAULT 0,
            failing_since INTEGER,
            last_error TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX subscription_taking ON subscription (last_claim, id) WHERE takes_events = 1;

        CREATE TABLE event (
            subscription TEXT NOT NULL,
            number INTEGER NOT NULL,
            time INTEGER NOT NULL,
            person TEXT,
            organisation TEXT NOT NULL,
            child INTEGER,
            due INTEGER NOT NULL,
            lease INTEGER NOT NULL DEFAULT 0,
            fence INTEGER NOT NULL DEFAULT 0,
            attempts INTEGER NOT NULL DEFAULT 0,
            delivered INTEGER,
            PRIMARY KEY (subscription, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX event_join ON event (subscription, child, person, organisation, time) WHERE fence = 0;
        CREATE INDEX event_due ON event (subscription, due) WHERE delivered IS NULL;
        CREATE INDEX event_claim ON event (subscription, number, due, time) WHERE delivered IS NULL;
        CREATE TABLE event_obligation (
            subscription TEXT NOT NULL,
            number INTEGER NOT NULL,
            obligation INTEGER NOT NULL,
            PRIMARY KEY (subscription, number, obligation)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE registration (
            kind TEXT NOT NULL,
            id TEXT NOT NULL,
            json BLOB NOT NULL,
            PRIMARY KEY (kind, id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE used_once (
            purpose TEXT NOT NULL,
            value TEXT NOT NULL,
            expires INTEGER NOT NULL,
            PRIMARY KEY (purpose, value)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX used_once_purge ON used_once (expires);
        CREATE TABLE signing_key (
            purpose TEXT NOT NULL,
            id TEXT NOT NULL,
            secret BLOB NOT NULL,
            created INTEGER NOT NULL,
            retired INTEGER,
            PRIMARY KEY (purpose, id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE counter (
            name TEXT NOT NULL PRIMARY KEY,
            value INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO counter VALUES ('registrations', 0), ('probe', 0);
        """;
}
