using System.Collections.Concurrent;
using System.Net;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;
using Npgsql;
using NpgsqlTypes;

namespace MongoGw;

sealed record Request(RawDoc Cmd, string Db, ReadOnlyMemory<byte>? Sequence, int ConnId)
{
    public Txn? Txn;
    public string? RetryId;
}

sealed class MongoError(int code, string name, string message) : Exception(message)
{
    public readonly int Code = code;
    public readonly string Name = name;
}

/// <summary>A multi-document transaction: one PostgreSQL transaction on one pinned connection.</summary>
sealed class Txn(string session, long number)
{
    public readonly string Session = session;
    public readonly long Number = number;
    public NpgsqlConnection? Conn;
    public string State = "started"; // committed, aborted
    public DateTime Touched = DateTime.UtcNow;
    public readonly SemaphoreSlim Gate = new(1);
}

sealed class Cursor(long id, string db, byte[] continuation, NpgsqlConnection? conn, Txn? txn, string? session)
{
    public readonly long Id = id;
    public readonly string Db = db;
    public byte[] Continuation = continuation;
    public readonly NpgsqlConnection? Conn = conn; // held while the engine asks for a persistent connection
    public readonly Txn? Txn = txn;
    public readonly string? Session = session;
    public DateTime Touched = DateTime.UtcNow;
}

sealed class Engine
{
    public readonly string Topology;
    public readonly int Wire;
    readonly NpgsqlDataSource _pg;
    readonly IPEndPoint _me;
    readonly bool _trace;
    string _backend = "";
    readonly ConcurrentDictionary<string, Txn> _txns = new();
    readonly ConcurrentDictionary<long, Cursor> _cursors = new();
    readonly Dictionary<string, Func<Request, Task<ReadOnlyMemory<byte>>>> _handlers;
    readonly ObjectId _processId = ObjectId.GenerateNewId();

    public Engine(NpgsqlDataSource pg, IPEndPoint me, string topology, int wire, bool trace)
    {
        (_pg, _me, Topology, Wire, _trace) = (pg, me, topology, wire, trace);
        _handlers = new(StringComparer.OrdinalIgnoreCase)
        {
            ["hello"] = r => Ok(Hello(r, "isWritablePrimary")),
            ["isMaster"] = r => Ok(Hello(r, "ismaster")),
            ["ping"] = _ => Ok([]),
            ["buildInfo"] = _ =>
                Ok(
                    new()
                    {
                        { "version", Version() },
                        { "versionArray", new BsonArray(Version().Split('.').Select(int.Parse).Append(0)) },
                        { "bits", 64 },
                        { "maxBsonObjectSize", 16777216 },
                        { "modules", new BsonArray() },
                        { "gateway", "mongogw" },
                        { "documentdb", _backend },
                    }
                ),
            ["whatsmyuri"] = r => Ok(new() { { "you", "127.0.0.1:" + r.ConnId } }),
            ["connectionStatus"] = _ =>
                Ok(
                    new()
                    {
                        {
                            "authInfo",
                            new BsonDocument
                            {
                                { "authenticatedUsers", new BsonArray() },
                                { "authenticatedUserRoles", new BsonArray() },
                            }
                        },
                    }
                ),
            ["getCmdLineOpts"] = _ => Ok(new() { { "argv", new BsonArray() }, { "parsed", new BsonDocument() } }),
            ["getLog"] = _ => Ok(new() { { "log", new BsonArray() }, { "totalLinesWritten", 0 } }),
            ["hostInfo"] = _ => Ok([]),
            ["serverStatus"] = _ =>
                Ok(
                    new()
                    {
                        { "version", Version() },
                        { "process", "mongogw" },
                        { "pid", Environment.ProcessId },
                        { "localTime", DateTime.UtcNow },
                        { "storageEngine", new BsonDocument("name", "documentdb") },
                    }
                ),
            ["getParameter"] = _ => Ok(new() { { "featureCompatibilityVersion", new BsonDocument("version", "7.0") } }),
            ["startSession"] = _ =>
                Ok(
                    new()
                    {
                        {
                            "id",
                            new BsonDocument("id", new BsonBinaryData(Guid.NewGuid(), GuidRepresentation.Standard))
                        },
                        { "timeoutMinutes", 30 },
                    }
                ),
            ["refreshSessions"] = _ => Ok([]),
            ["endSessions"] = EndSessions,
            ["killSessions"] = EndSessions,
            ["commitTransaction"] = r => Finish(r, true),
            ["abortTransaction"] = r => Finish(r, false),
            ["insert"] = r => Write(r, "SELECT p_result::bytea FROM documentdb_api.insert($1,$2,$3,$4)"),
            ["update"] = r => Write(r, "SELECT p_result::bytea FROM documentdb_api.update($1,$2,$3,$4)"),
            ["delete"] = r => Write(r, "SELECT p_result::bytea FROM documentdb_api.delete($1,$2,$3,$4)"),
            ["findAndModify"] = FindAndModify,
            ["find"] = r =>
                FirstPage(
                    r,
                    "SELECT cursorpage::bytea, continuation::bytea, persistconnection, cursorid FROM documentdb_api.find_cursor_first_page($1,$2)"
                ),
            ["aggregate"] = r =>
                FirstPage(
                    r,
                    "SELECT cursorpage::bytea, continuation::bytea, persistconnection, cursorid FROM documentdb_api.aggregate_cursor_first_page($1,$2)"
                ),
            ["listCollections"] = r =>
                FirstPage(
                    r,
                    "SELECT cursorpage::bytea, continuation::bytea, persistconnection, cursorid FROM documentdb_api.list_collections_cursor_first_page($1,$2)"
                ),
            ["listIndexes"] = r =>
                FirstPage(
                    r,
                    "SELECT cursorpage::bytea, continuation::bytea, persistconnection, cursorid FROM documentdb_api.list_indexes_cursor_first_page($1,$2)"
                ),
            ["getMore"] = GetMore,
            ["killCursors"] = KillCursors,
            ["count"] = r =>
                Scalar(r, "SELECT document::bytea FROM documentdb_api.count_query($1,$2)", r.Db, ExactCount(r)),
            ["distinct"] = r =>
                Scalar(r, "SELECT document::bytea FROM documentdb_api.distinct_query($1,$2)", r.Db, r.Cmd.Bytes),
            ["listDatabases"] = r => Scalar(r, "SELECT documentdb_api.list_databases($1)::bytea", r.Cmd.Bytes),
            ["create"] = r =>
                Scalar(r, "SELECT documentdb_api.create_collection_view($1,$2)::bytea", r.Db, r.Cmd.Bytes),
            ["collMod"] = r => Scalar(r, "SELECT documentdb_api.coll_mod($1,$2,$3)::bytea", r.Db, Coll(r), r.Cmd.Bytes),
            ["drop"] = Drop,
            ["dropDatabase"] = async r =>
            {
                await Exec(r, "SELECT documentdb_api.drop_database($1)", r.Db);
                return Bson(new() { { "dropped", r.Db }, { "ok", 1.0 } });
            },
            ["createIndexes"] = CreateIndexes,
            ["dropIndexes"] = r => Unwrap(DropIndexes(r)),
            ["renameCollection"] = r => Scalar(r, "SELECT documentdb_api.rename_collection($1)::bytea", r.Cmd.Bytes),
            ["collStats"] = r => Scalar(r, "SELECT documentdb_api.coll_stats($1,$2,1)::bytea", r.Db, Coll(r)),
            ["dbStats"] = r => Scalar(r, "SELECT documentdb_api.db_stats($1,1,false)::bytea", r.Db),
            ["validate"] = r =>
                Scalar(r, "SELECT document::bytea FROM documentdb_api.validate($1,$2)", r.Db, r.Cmd.Bytes),
            ["currentOp"] = r =>
                Scalar(r, "SELECT document::bytea FROM documentdb_api.current_op_command($1)", r.Cmd.Bytes),
            ["explain"] = Explain,
            ["mongogwTtlSweep"] = async r =>
            {
                await Exec(r, "CALL documentdb_api_internal.delete_expired_rows()");
                return Bson(new("ok", 1.0));
            },
        };
        _ = Task.Run(Reap);
    }

    string Version() =>
        Wire >= 25 ? "8.0.0"
        : Wire >= 21 ? "7.0.0"
        : Wire >= 17 ? "6.0.0"
        : "5.0.0";

    /// <summary>Waits for the database, at most 30 s, and makes it ready on first use.</summary>
    public async Task CheckBackend()
    {
        for (int attempt = 1; ; attempt++)
            try
            {
                await using var ready = _pg.CreateCommand(
                    "SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS documentdb CASCADE"
                );
                await ready.ExecuteNonQueryAsync();
                break;
            }
            catch (NpgsqlException e) when (attempt < 150 && e is not PostgresException { SqlState: not "57P03" })
            {
                await Task.Delay(200);
            }
        await using var c = _pg.CreateCommand("SELECT documentdb_api.binary_extended_version()");
        _backend = ((string)(await c.ExecuteScalarAsync())!).Split(" ")[0];
        Console.WriteLine($"mongogw: DocumentDB {_backend}");
    }

    public async Task<ReadOnlyMemory<byte>> Run(Request r)
    {
        string name = r.Cmd.First().Name;
        bool began = false;
        try
        {
            if (_trace)
                Console.WriteLine($"[{r.ConnId}] {r.Db} {Trim(Decode(r.Cmd.Bytes).ToString())}");
            if (!_handlers.TryGetValue(name, out var handler))
                throw new MongoError(59, "CommandNotFound", $"no such command: '{name}'");
            began = await EnterSession(r, name);
            ReadOnlyMemory<byte> reply;
            for (int attempt = 1; ; attempt++)
            {
                // Outside a transaction a server retries a conflicting write itself; a failed statement left nothing behind.
                try
                {
                    reply = await handler(r);
                    break;
                }
                catch (PostgresException p) when (r.Txn is null && attempt < 20 && p.SqlState is ("40001" or "40P01"))
                {
                    await Task.Delay(Random.Shared.Next(1, 10 * attempt));
                }
            }
            if (r.Txn is { State: "started" } && HasWriteErrors(r, reply))
                await Abort(r.Txn);
            if (_trace)
                Console.WriteLine($"[{r.ConnId}]   -> {Trim(Decode(reply).ToString())}");
            return reply;
        }
        catch (Exception e)
        {
            bool inTxn = r.Txn is not null || IsTxn(r);
            if (r.Txn is { State: "started" } t && name != "commitTransaction")
                await Abort(t);
            var err = e switch
            {
                MongoError m => m,
                PostgresException p => Map(p.SqlState, p.MessageText, inTxn),
                InvalidDataException d => new MongoError(9, "FailedToParse", d.Message),
                NpgsqlException n => new MongoError(91, "ShutdownInProgress", n.Message),
                _ => new MongoError(1, "InternalError", e.ToString()),
            };
            if (_trace)
                Console.WriteLine($"[{r.ConnId}]   !! {err.Code} {err.Message}");
            var doc = new BsonDocument
            {
                { "ok", 0.0 },
                { "errmsg", err.Message },
                { "code", err.Code },
                { "codeName", err.Name },
            };
            var labels = new BsonArray();
            if (inTxn && err.Code is 112 or 251 or 24 or 91)
                labels.Add("TransientTransactionError");
            if (err.Code == 91 && r.RetryId is not null)
                labels.Add("RetryableWriteError");
            if (labels.Count > 0)
                doc.Add("errorLabels", labels);
            return Bson(doc);
        }
        finally
        {
            if (began)
                r.Txn!.Gate.Release();
        }
    }

    // ---- sessions and transactions ----------------------------------------------------------------------------

    static bool IsTxn(Request r) => r.Cmd.Bool("autocommit") == false;

    static string? SessionOf(RawDoc cmd) =>
        cmd.Doc("lsid") is { } l && l.Find("id") is { Type: 0x05 } e
            ? Convert.ToHexString(l.Bytes.Span.Slice(e.ValueAt + 5, e.ValueLen - 5))
            : null;

    async Task<bool> EnterSession(Request r, string name)
    {
        if (r.Cmd.Long("txnNumber") is not { } number || SessionOf(r.Cmd) is not { } session)
            return false;
        if (!IsTxn(r))
        {
            r.RetryId = $"{session}:{number}";
            return false;
        } // a retryable write: the engine remembers its outcome
        if (r.Cmd.Bool("startTransaction") == true)
        {
            if (_txns.TryGetValue(session, out var old))
            {
                if (old.Number == number)
                    throw new MongoError(
                        117,
                        "ConflictingOperationInProgress",
                        $"Transaction {number} was already started"
                    );
                if (old.Number > number)
                    throw new MongoError(225, "TransactionTooOld", $"Transaction {number} is older than {old.Number}");
                if (old.State == "started")
                    await Abort(old);
            }
            var t = new Txn(session, number) { Conn = await _pg.OpenConnectionAsync() };
            await Batch(t.Conn, "START TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout='20ms'");
            _txns[session] = t;
        }
        if (!_txns.TryGetValue(session, out var txn) || txn.Number != number)
            throw new MongoError(
                251,
                "NoSuchTransaction",
                $"Given transaction number {number} does not match any in-progress transactions"
            );
        await txn.Gate.WaitAsync();
        r.Txn = txn;
        txn.Touched = DateTime.UtcNow;
        if (name is "commitTransaction" or "abortTransaction")
            return true;
        if (txn.State != "started")
        {
            var state = txn.State;
            throw new MongoError(
                state == "committed" ? 256 : 251,
                state == "committed" ? "TransactionCommitted" : "NoSuchTransaction",
                $"Transaction {number} has been {state}"
            );
        }
        if (
            name
            is "createIndexes"
                or "dropIndexes"
                or "collMod"
                or "drop"
                or "dropDatabase"
                or "renameCollection"
                or "listCollections"
                or "listIndexes"
                or "listDatabases"
                or "count"
        )
            throw new MongoError(
                263,
                "OperationNotSupportedInTransaction",
                $"Cannot run '{name}' in a multi-document transaction."
            );
        return true;
    }

    async Task<ReadOnlyMemory<byte>> Finish(Request r, bool commit)
    {
        if (r.Txn is not { } t)
            throw new MongoError(
                125,
                "CommandFailed",
                "commitTransaction and abortTransaction must be run within a transaction"
            );
        if (t.State == "committed" && commit)
            return Bson(new("ok", 1.0));
        if (t.State != "started")
            throw new MongoError(251, "NoSuchTransaction", $"Transaction {t.Number} has been {t.State}");
        if (!commit)
        {
            await Abort(t);
            return Bson(new("ok", 1.0));
        }
        try
        {
            DropTxnCursors(t);
            await Batch(t.Conn!, "COMMIT");
            t.State = "committed";
        }
        catch
        {
            t.State = "aborted";
            throw;
        }
        finally
        {
            await t.Conn!.DisposeAsync();
            t.Conn = null;
        }
        return Bson(new("ok", 1.0));
    }

    async Task Abort(Txn t)
    {
        if (t.State != "started")
            return;
        t.State = "aborted";
        DropTxnCursors(t);
        try
        {
            await Batch(t.Conn!, "ROLLBACK");
        }
        catch (NpgsqlException) { }
        await t.Conn!.DisposeAsync();
        t.Conn = null;
    }

    void DropTxnCursors(Txn t)
    {
        foreach (var c in _cursors.Values.Where(c => c.Txn == t).ToArray())
            _cursors.TryRemove(c.Id, out _);
    }

    async Task<ReadOnlyMemory<byte>> EndSessions(Request r)
    {
        var list = r.Cmd.Doc(r.Cmd.First());
        foreach (var e in list.Elements())
            if (list.Doc(e).Find("id") is { Type: 0x05 } b)
            {
                string s = Convert.ToHexString(list.Doc(e).Bytes.Span.Slice(b.ValueAt + 5, b.ValueLen - 5));
                if (_txns.TryRemove(s, out var t))
                    await Abort(t);
                foreach (var c in _cursors.Values.Where(c => c.Session == s).ToArray())
                    if (_cursors.TryRemove(c.Id, out var gone))
                        await Close(gone);
            }
        return Bson(new("ok", 1.0));
    }

    async Task Reap()
    {
        while (true)
        {
            await Task.Delay(5000);
            var now = DateTime.UtcNow;
            foreach (var t in _txns.Values)
                if (t.State == "started" && now - t.Touched > TimeSpan.FromSeconds(60) && await t.Gate.WaitAsync(0))
                {
                    try
                    {
                        await Abort(t);
                    }
                    finally
                    {
                        t.Gate.Release();
                    }
                }
                else if (t.State != "started" && now - t.Touched > TimeSpan.FromMinutes(30))
                    _txns.TryRemove(t.Session, out _);
            foreach (var c in _cursors.Values)
                if (now - c.Touched > TimeSpan.FromMinutes(10) && _cursors.TryRemove(c.Id, out var gone))
                    await Close(gone);
        }
    }

    // ---- reading ----------------------------------------------------------------------------------------------

    async Task<ReadOnlyMemory<byte>> FirstPage(Request r, string sql)
    {
        var conn = r.Txn?.Conn ?? await _pg.OpenConnectionAsync();
        bool keep = r.Txn is not null;
        try
        {
            byte[] page;
            byte[]? continuation;
            bool persist;
            long id;
            await using (var cmd = Command(conn, sql, r.Db, r.Cmd.Bytes))
            await using (var rd = await cmd.ExecuteReaderAsync())
            {
                await rd.ReadAsync();
                page = rd.GetFieldValue<byte[]>(0);
                continuation = rd.IsDBNull(1) ? null : rd.GetFieldValue<byte[]>(1);
                persist = !rd.IsDBNull(2) && rd.GetBoolean(2);
                id = rd.IsDBNull(3) ? 0 : rd.GetInt64(3);
            }
            if (continuation is not null)
            {
                _cursors[id] = new Cursor(
                    id,
                    r.Db,
                    continuation,
                    persist && r.Txn is null ? conn : null,
                    r.Txn,
                    SessionOf(r.Cmd)
                );
                keep |= persist;
            }
            return page;
        }
        finally
        {
            if (!keep)
                await conn.DisposeAsync();
        }
    }

    async Task<ReadOnlyMemory<byte>> GetMore(Request r)
    {
        long id = r.Cmd.Long(r.Cmd.First()) ?? 0;
        if (!_cursors.TryRemove(id, out var c))
            throw new MongoError(43, "CursorNotFound", $"cursor id {id} not found");
        if (c.Txn is not null && c.Txn != r.Txn)
            throw new MongoError(
                50738,
                "Location50738",
                $"Cannot run getMore on cursor {id}, which was created in another transaction"
            );
        var conn = c.Txn?.Conn ?? c.Conn ?? await _pg.OpenConnectionAsync();
        bool done = true;
        try
        {
            await using var cmd = Command(
                conn,
                "SELECT cursorpage::bytea, continuation::bytea FROM documentdb_api.cursor_get_more($1,$2,$3)",
                c.Db,
                r.Cmd.Bytes,
                (ReadOnlyMemory<byte>)c.Continuation
            );
            await using var rd = await cmd.ExecuteReaderAsync();
            await rd.ReadAsync();
            var page = rd.GetFieldValue<byte[]>(0);
            if (!rd.IsDBNull(1))
            {
                done = false;
                c.Continuation = rd.GetFieldValue<byte[]>(1);
                c.Touched = DateTime.UtcNow;
            }
            return page;
        }
        finally
        {
            if (!done)
                _cursors[id] = c;
            else if (c.Conn is not null)
                await Close(c);
            if (c.Txn is null && c.Conn is null)
                await conn.DisposeAsync();
        }
    }

    /// <summary>Without a filter the engine answers a count from planner statistics; a server would be exact, so give it one.</summary>
    static ReadOnlyMemory<byte> ExactCount(Request r) =>
        r.Cmd.Doc("query") is { Bytes.Length: > 5 }
            ? r.Cmd.Bytes
            : Bson(Decode(r.Cmd.Bytes).Set("query", new BsonDocument("_id", new BsonDocument("$exists", true))));

    async Task<ReadOnlyMemory<byte>> KillCursors(Request r)
    {
        BsonArray killed = [],
            missing = [];
        if (r.Cmd.Doc("cursors") is { } list)
            foreach (var e in list.Elements())
                if (_cursors.TryRemove(list.Long(e) ?? 0, out var c))
                {
                    await Close(c);
                    killed.Add(c.Id);
                }
                else
                    missing.Add(list.Long(e) ?? 0);
        return Bson(
            new()
            {
                { "cursorsKilled", killed },
                { "cursorsNotFound", missing },
                { "cursorsAlive", new BsonArray() },
                { "cursorsUnknown", new BsonArray() },
                { "ok", 1.0 },
            }
        );
    }

    static async Task Close(Cursor c)
    {
        if (c.Conn is null)
            return;
        try
        {
            await Batch(c.Conn, "CLOSE ALL");
        }
        catch (NpgsqlException) { }
        await c.Conn.DisposeAsync();
    }

    async Task<ReadOnlyMemory<byte>> Explain(Request r)
    {
        var inner = r.Cmd.Doc(r.Cmd.First());
        string kind = inner.First().Name;
        if (kind is not ("find" or "aggregate" or "count" or "distinct"))
            throw new MongoError(115, "CommandNotSupported", $"explain of {kind}");
        string fn = kind == "aggregate" ? "pipeline" : kind;
        var lines = new BsonArray();
        await using var conn = await _pg.OpenConnectionAsync();
        await using var cmd = new NpgsqlCommand(
            $"EXPLAIN (COSTS OFF) SELECT document FROM documentdb_api_catalog.bson_aggregation_{fn}('{r.Db.Replace("'", "''")}', '\\x{Convert.ToHexString(inner.Bytes.Span)}'::bytea)",
            conn
        );
        await using var rd = await cmd.ExecuteReaderAsync();
        while (await rd.ReadAsync())
            lines.Add(rd.GetString(0));
        return Bson(new() { { "queryPlanner", new BsonDocument("postgresPlan", lines) }, { "ok", 1.0 } });
    }

    // ---- writing ----------------------------------------------------------------------------------------------

    async Task<ReadOnlyMemory<byte>> Write(Request r, string sql)
    {
        var reply = await Scalar(r, sql, r.Db, r.Cmd.Bytes, r.Sequence ?? (object?)null ?? DBNull.Value, r.RetryId);
        return new RawDoc(reply).Has("writeErrors") ? FixWriteErrors(r, Decode(reply)) : reply;
    }

    /// <summary>The engine packs a five-letter SQLSTATE into each write error's code; clients want the server's own number.</summary>
    ReadOnlyMemory<byte> FixWriteErrors(Request r, BsonDocument reply)
    {
        foreach (BsonDocument e in reply["writeErrors"].AsBsonArray)
        {
            var err = Map(Unpack(e["code"].ToInt32()), e["errmsg"].AsString, r.Txn is not null, $"{r.Db}.{Coll(r)}");
            if (err.Code == 112)
                throw err;
            e["code"] = err.Code;
            e["errmsg"] = err.Message;
        }
        return Bson(reply);
    }

    /// <summary>When the chosen document changes under it the engine may answer "none"; a server would look for the next match.</summary>
    async Task<ReadOnlyMemory<byte>> FindAndModify(Request r)
    {
        for (int attempt = 0; ; attempt++)
        {
            var reply = await Scalar(
                r,
                "SELECT p_result::bytea FROM documentdb_api.find_and_modify($1,$2,$3)",
                r.Db,
                r.Cmd.Bytes,
                r.RetryId is null || attempt == 0 ? r.RetryId : $"{r.RetryId}.{attempt}"
            );
            if (
                r.Txn is not null
                || attempt == 10
                || r.Cmd.Bool("upsert") == true
                || new RawDoc(reply).Find("value") is not { Type: 0x0A }
            )
                return reply;
            var probe = new BsonDocument
            {
                { "find", Coll(r) },
                { "filter", r.Cmd.Doc("query") is { } q ? Decode(q.Bytes) : [] },
                { "limit", 1 },
                { "singleBatch", true },
            };
            if (r.Cmd.Doc("collation") is { } c)
                probe.Add("collation", Decode(c.Bytes));
            var page = Decode(
                await Scalar(
                    r,
                    "SELECT cursorpage::bytea FROM documentdb_api.find_cursor_first_page($1,$2)",
                    r.Db,
                    Bson(probe)
                )
            );
            if (page["cursor"]["firstBatch"].AsBsonArray.Count == 0)
                return reply;
        }
    }

    static bool HasWriteErrors(Request r, ReadOnlyMemory<byte> reply) => new RawDoc(reply).Has("writeErrors");

    async Task<ReadOnlyMemory<byte>> Drop(Request r)
    {
        bool was = (bool)(await Exec(r, "SELECT documentdb_api.drop_collection($1,$2)", r.Db, Coll(r)))!;
        return was || Wire >= 21
            ? Bson(new() { { "ns", $"{r.Db}.{Coll(r)}" }, { "ok", 1.0 } })
            : throw new MongoError(26, "NamespaceNotFound", "ns not found");
    }

    async Task<ReadOnlyMemory<byte>> CreateIndexes(Request r) =>
        await Unwrap(
            Scalar(
                r,
                "SELECT documentdb_api_internal.create_indexes_non_concurrently($1,$2,true)::bytea",
                r.Db,
                r.Cmd.Bytes
            )
        );

    /// <summary>drop_indexes is a procedure; its INOUT document can only be had as text (BSONHEX…).</summary>
    async Task<ReadOnlyMemory<byte>> DropIndexes(Request r)
    {
        await using var conn = await _pg.OpenConnectionAsync();
        await using var c = Command(conn, "CALL documentdb_api.drop_indexes($1,$2,NULL)", r.Db, r.Cmd.Bytes);
        c.AllResultTypesAreUnknown = true;
        return Convert.FromHexString(((string)(await c.ExecuteScalarAsync())!)["BSONHEX".Length..]);
    }

    /// <summary>Index commands answer in the shape of a sharded cluster ("raw": {shard: {...}}) or with ok: true.</summary>
    async Task<ReadOnlyMemory<byte>> Unwrap(Task<ReadOnlyMemory<byte>> call)
    {
        var doc = Decode(await call);
        if (doc.TryGetValue("raw", out var raw))
        {
            var shard = raw.AsBsonDocument.First().Value.AsBsonDocument;
            foreach (var e in doc)
                if (e.Name != "raw")
                    shard.Set(e.Name, e.Value);
            doc = shard;
        }
        if (!doc["ok"].ToBoolean())
            throw doc.GetValue("code", 1).ToInt32() is var c && c > 100_000_000
                ? Map(Unpack(c), doc["errmsg"].AsString, false)
                : new MongoError(c, "Error", doc.GetValue("errmsg", "failed").AsString);
        return Bson(doc.Set("ok", 1.0));
    }

    // ---- plumbing ---------------------------------------------------------------------------------------------

    BsonDocument Hello(Request r, string primaryField)
    {
        var doc = new BsonDocument { { primaryField, true } };
        if (primaryField == "ismaster")
            doc.Add("helloOk", true);
        if (Topology == "mongos")
            doc.Add("msg", "isdbgrid");
        else if (Topology == "rs")
            doc.AddRange(
                new BsonDocument
                {
                    { "setName", "rs0" },
                    { "setVersion", 1 },
                    { "secondary", false },
                    {
                        "hosts",
                        new BsonArray { _me.ToString() }
                    },
                    { "me", _me.ToString() },
                    { "primary", _me.ToString() },
                    { "electionId", _processId },
                }
            );
        return doc.AddRange(
            new BsonDocument
            {
                { "maxBsonObjectSize", 16777216 },
                { "maxMessageSizeBytes", 48000000 },
                { "maxWriteBatchSize", 25000 },
                { "localTime", DateTime.UtcNow },
                { "logicalSessionTimeoutMinutes", 30 },
                { "connectionId", r.ConnId },
                { "minWireVersion", 0 },
                { "maxWireVersion", Wire },
                { "readOnly", false },
            }
        );
    }

    static string Coll(Request r) => r.Cmd.Str(r.Cmd.First());

    static Task<ReadOnlyMemory<byte>> Ok(BsonDocument d) => Task.FromResult(Bson(d.Add("ok", 1.0)));

    static ReadOnlyMemory<byte> Bson(BsonDocument d) => d.ToBson();

    static BsonDocument Decode(ReadOnlyMemory<byte> b) => BsonSerializer.Deserialize<BsonDocument>(b.ToArray());

    static string Trim(string s) => s.Length > 600 ? s[..600] + "…" : s;

    static NpgsqlCommand Command(NpgsqlConnection conn, string sql, params object?[] args)
    {
        var c = new NpgsqlCommand(sql, conn);
        foreach (var a in args)
            c.Parameters.Add(
                a switch
                {
                    ReadOnlyMemory<byte> m => new NpgsqlParameter<ReadOnlyMemory<byte>>
                    {
                        TypedValue = m,
                        NpgsqlDbType = NpgsqlDbType.Bytea,
                    },
                    DBNull => new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea },
                    null => new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                    _ => new NpgsqlParameter<string> { TypedValue = (string)a, NpgsqlDbType = NpgsqlDbType.Text },
                }
            );
        return c;
    }

    static async Task Batch(NpgsqlConnection conn, string sql)
    {
        await using var c = new NpgsqlCommand(sql, conn);
        await c.ExecuteNonQueryAsync();
    }

    async Task<object?> Exec(Request r, string sql, params object?[] args)
    {
        var conn = r.Txn?.Conn ?? await _pg.OpenConnectionAsync();
        try
        {
            await using var c = Command(conn, sql, args);
            return await c.ExecuteScalarAsync();
        }
        finally
        {
            if (r.Txn is null)
                await conn.DisposeAsync();
        }
    }

    async Task<ReadOnlyMemory<byte>> Scalar(Request r, string sql, params object?[] args) =>
        await Exec(r, sql, args) is byte[] b ? b : Bson(new("ok", 1.0));

    // ---- errors -----------------------------------------------------------------------------------------------

    static string Unpack(int code)
    {
        Span<char> s = stackalloc char[5];
        for (int i = 0; i < 5; i++, code >>= 6)
            s[i] = (char)((code & 0x3F) + '0');
        return new string(s);
    }

    static MongoError Map(string state, string message, bool inTxn, string? ns = null) =>
        state switch
        {
            "23505" or "23P01" or "M001C" => new(
                11000,
                "DuplicateKey",
                $"E11000 duplicate key error collection: {ns} index: {IndexOf(message)} dup key: (not reported by this engine)"
            ),
            "40001" or "40P01" => new(
                112,
                "WriteConflict",
                "WriteConflict error: this operation conflicted with another operation. Please retry your operation or multi-document transaction."
            ),
            "55P03" => inTxn
                ? new(112, "WriteConflict", "WriteConflict error: " + message)
                : new(24, "LockTimeout", message),
            "57014" => new(50, "MaxTimeMSExpired", "operation exceeded time limit"),
            "57P01" or "57P02" or "57P03" => new(91, "ShutdownInProgress", message),
            "25P02" => new(251, "NoSuchTransaction", "the transaction was aborted"),
            "42P01" => new(26, "NamespaceNotFound", message),
            "0A000" => new(115, "CommandNotSupported", message),
            "53100" => new(14031, "OutOfDiskSpace", message),
            _ when state.StartsWith('M') && Errors.TryGetValue(state, out var known) => new(
                known.Code,
                known.Name,
                message
            ),
            _ when state.StartsWith('M') => new(2, "BadValue", $"{message} (engine error {state})"),
            _ => new(1, "InternalError", $"{message} (SQLSTATE {state})"),
        };

    static string IndexOf(string message) =>
        message.IndexOf('\'') is >= 0 and var i && message.LastIndexOf('\'') is var j && j > i
            ? message[(i + 1)..j]
            : "?";

    // The engine's own SQLSTATEs (class M0) for the server error codes an application is likely to look at.
    static readonly Dictionary<string, (int Code, string Name)> Errors = new()
    {
        ["M0000"] = (1, "InternalError"),
        ["M0001"] = (2, "BadValue"),
        ["M0003"] = (9, "FailedToParse"),
        ["M0004"] = (14, "TypeMismatch"),
        ["M0005"] = (15, "Overflow"),
        ["M0006"] = (20, "IllegalOperation"),
        ["M0008"] = (26, "NamespaceNotFound"),
        ["M0009"] = (27, "IndexNotFound"),
        ["M000A"] = (28, "PathNotViable"),
        ["M000D"] = (40, "ConflictingUpdateOperators"),
        ["M000E"] = (43, "CursorNotFound"),
        ["M000F"] = (48, "NamespaceExists"),
        ["M000G"] = (52, "DollarPrefixedFieldName"),
        ["M000M"] = (66, "ImmutableField"),
        ["M000N"] = (67, "CannotCreateIndex"),
        ["M000O"] = (68, "IndexAlreadyExists"),
        ["M000P"] = (72, "InvalidOptions"),
        ["M000Q"] = (73, "InvalidNamespace"),
        ["M000R"] = (85, "IndexOptionsConflict"),
        ["M000S"] = (86, "IndexKeySpecsConflict"),
        ["M000U"] = (115, "CommandNotSupported"),
        ["M000W"] = (146, "ExceededMemoryLimit"),
        ["M0013"] = (224, "QueryFeatureNotAllowed"),
        ["M0015"] = (241, "ConversionFailure"),
        ["M0016"] = (263, "OperationNotSupportedInTransaction"),
        ["M001B"] = (10334, "BSONObjectTooLarge"),
        ["M003A"] = (17419, "Location17419"),
        ["M00CO"] = (121, "DocumentValidationFailure"),
        ["M00FD"] = (171, "CannotIndexParallelArrays"),
        ["M007U"] = (40324, "Location40324"),
    };
}
