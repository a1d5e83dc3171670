using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc />
    public Task<DailyFile> OpenFileAsync(DailyFile file, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        var body = _protection.Seal(file);
        return WriteAsync<DailyFile>(
            connection =>
            {
                using (
                    var statement = connection.Prepare(
                        "INSERT INTO daily_file (id, authority, received, waits, revision, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
                    )
                )
                    statement
                        .Add(file.Id)
                        .Add(file.Authority)
                        .Add(file.Received.ToUnixTimeMilliseconds())
                        .Add(file.Waits ? 1 : 0)
                        .Add(file.Revision)
                        .Add(body.Span)
                        .Run();
                return ReadFile(connection, file.Id)!;
            },
            cancellation
        );
    }

    /// <inheritdoc />
    public Task<DailyFile?> ReadFileAsync(string id, CancellationToken cancellation) =>
        ReadAsync(connection => ReadFile(connection, id), cancellation);

    /// <inheritdoc />
    public Task<bool> ReplaceFileAsync(DailyFile file, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        var body = _protection.Seal(file);
        return WriteAsync<bool>(
            connection =>
            {
                using var statement = connection.Prepare(
                    "UPDATE daily_file SET waits = ?, revision = ?, body = ? WHERE id = ? AND revision = ?"
                );
                return statement
                        .Add(file.Waits ? 1 : 0)
                        .Add(file.Revision)
                        .Add(body.Span)
                        .Add(file.Id)
                        .Add(file.Revision - 1)
                        .Run() == 1;
            },
            cancellation
        );
    }

    /// <inheritdoc />
    public Task<bool> DropFileAsync(DailyFile file, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        return WriteAsync<bool>(
            connection =>
            {
                using (var statement = connection.Prepare("DELETE FROM daily_file WHERE id = ? AND revision = ?"))
                    if (statement.Add(file.Id).Add(file.Revision).Run() == 0)
                        return false;
                RemoveOf(connection, "DELETE FROM daily_slice WHERE file = ?", file.Id);
                return true;
            },
            cancellation
        );
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<DailyFile>> ReadWaitingFilesAsync(CancellationToken cancellation) =>
        ReadAsync<IReadOnlyList<DailyFile>>(
            connection =>
            {
                using var rows = connection.Prepare("SELECT id, body FROM daily_file WHERE waits = 1");
                return ReadFiles(rows);
            },
            cancellation
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<DailyFile>> ReadFilesAsync(
        OdsCode authority,
        int limit,
        CancellationToken cancellation
    ) =>
        ReadAsync<IReadOnlyList<DailyFile>>(
            connection =>
            {
                using var rows = connection.Prepare(
                    "SELECT id, body FROM daily_file WHERE authority = ? ORDER BY received DESC LIMIT ?"
                );
                rows.Add(authority.Value).Add(limit);
                return ReadFiles(rows);
            },
            cancellation
        );

    /// <inheritdoc />
    public Task PutSliceAsync(
        string fileId,
        string batch,
        int number,
        ReadOnlyMemory<byte> records,
        CancellationToken cancellation
    )
    {
        var body = _protection.SealSlice(fileId, batch, number, records);
        return WriteAsync<bool>(
            connection =>
            {
                using var statement = connection.Prepare(
                    "INSERT OR REPLACE INTO daily_slice (file, batch, number, body) VALUES (?, ?, ?, ?)"
                );
                return statement.Add(fileId).Add(batch).Add(number).Add(body.Span).Run() == 1;
            },
            cancellation,
            large: true
        );
    }

    /// <inheritdoc />
    public Task<ReadOnlyMemory<byte>?> ReadSliceAsync(
        string fileId,
        string batch,
        int number,
        CancellationToken cancellation
    ) =>
        ReadAsync<ReadOnlyMemory<byte>?>(
            connection =>
            {
                using var rows = connection.Prepare(
                    "SELECT body FROM daily_slice WHERE file = ? AND batch = ? AND number = ?"
                );
                rows.Add(fileId).Add(batch).Add(number);
                return rows.Step()
                    ? _protection.OpenSlice(fileId, batch, number, rows.Blob(0).ToArray())
                    : (ReadOnlyMemory<byte>?)null;
            },
            cancellation
        );

    /// <inheritdoc />
    public Task RemoveSlicesAsync(string fileId, CancellationToken cancellation) =>
        WriteAsync<bool>(
            connection =>
            {
                RemoveOf(connection, "DELETE FROM daily_slice WHERE file = ?", fileId);
                return true;
            },
            cancellation,
            large: true
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<RecordResult>> ReadResultsAsync(
        string fileId,
        int from,
        int count,
        CancellationToken cancellation
    ) =>
        ReadAsync<IReadOnlyList<RecordResult>>(
            connection =>
            {
                using var rows = connection.Prepare(
                    "SELECT number, body FROM daily_result WHERE file = ? AND number >= ? AND number < ? ORDER BY number"
                );
                rows.Add(fileId).Add(from).Add((long)from + count);
                var results = new List<RecordResult>();
                while (rows.Step())
                    results.Add(_protection.Open(new RecordResult(fileId, rows.Int(0), rows.Blob(1).ToArray())));
                return results;
            },
            cancellation
        );

    /// <inheritdoc />
    public async Task<int> RemoveFilesAsync(DateTimeOffset before, int limit, CancellationToken cancellation)
    {
        var removed = 0;
        while (removed < limit)
        {
            // One at a time: a file may have a quarter of a million results.
            var found = await WriteAsync<bool>(
                connection =>
                {
                    string id;
                    using (
                        var rows = connection.Prepare(
                            "SELECT id FROM daily_file WHERE waits = 0 AND received < ? ORDER BY received LIMIT 1"
                        )
                    )
                    {
                        rows.Add(before.ToUnixTimeMilliseconds());
                        if (!rows.Step())
                            return false;
                        id = rows.Text(0);
                    }

                    foreach (
                        var sql in (ReadOnlySpan<string>)
                            ["DELETE FROM daily_result WHERE file = ?", "DELETE FROM daily_slice WHERE file = ?"]
                    )
                    {
                        RemoveOf(connection, sql, id);
                        RemoveOf(connection, sql, DailyFile.ReportIdOf(id));
                    }

                    RemoveOf(connection, "DELETE FROM daily_file WHERE id = ?", id);
                    return true;
                },
                cancellation,
                large: true
            );
            if (!found)
                break;
            removed++;
        }

        return removed;
    }

    /// <summary>False when the record has its result.</summary>
    private static bool TryTell(Connection connection, RecordResult result)
    {
        using var statement = connection.Prepare(
            "INSERT INTO daily_result (file, number, body) VALUES (?, ?, ?) ON CONFLICT (file, number) DO NOTHING"
        );
        return statement.Add(result.FileId).Add(result.Number).Add(result.Body.Span).Run() == 1;
    }

    private static void RemoveOf(Connection connection, string sql, string fileId)
    {
        using var statement = connection.Prepare(sql);
        statement.Add(fileId).Run();
    }

    private DailyFile? ReadFile(Connection connection, string id)
    {
        using var rows = connection.Prepare("SELECT id, body FROM daily_file WHERE id = ?");
        rows.Add(id);
        return ReadFiles(rows) is [var file] ? file : null;
    }

    private List<DailyFile> ReadFiles(Statement rows)
    {
        var files = new List<DailyFile>();
        while (rows.Step())
            files.Add(_protection.OpenFile(rows.Text(0), rows.Blob(1).ToArray()));
        return files;
    }
}
