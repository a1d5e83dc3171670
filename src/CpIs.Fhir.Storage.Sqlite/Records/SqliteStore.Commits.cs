using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Occurrences;
using CpIs.Fhir.Storage.Sqlite.Records;
using CpIs.Fhir.Storage.Sqlite.Worklists;
using CpIs.Fhir.Storage.Sqlite.Writing;

namespace CpIs.Fhir.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc />
    public Task<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(commit);
        commit.CheckEachOnce();
        var changes = commit.Changes.Select(c => new PreparedChange(c, _protection)).ToArray();
        var confirmations = commit.Confirmations.Select(c => new PreparedConfirmation(c, _protection)).ToArray();
        var occurrence = commit.Occurrence is { } happened ? new PreparedOccurrence(happened, _protection) : null;
        var kept = commit.Answer is { } answered ? _protection.Seal(answered) : null;
        var result = commit.Result is { } told ? _protection.Seal(told) : null;
        var registrations = commit.Registrations.Select(r => _protection.Seal(r)).ToArray();
        return WriteAsync(
            connection =>
            {
                if (kept is { } answer && !TryKeep(connection, answer))
                    return Undo(CommitOutcome.AlreadyAnswered);
                if (result is not null && !TryTell(connection, result))
                    return Undo(CommitOutcome.AlreadyAnswered);
                if (commit.RegistrationStamp is { } stamp && ReadLong(connection, ReadStamp) != stamp)
                    return Undo(CommitOutcome.Conflict);
                foreach (var removal in commit.Removals)
                    if (!ResourceRemoval.TryRemove(connection, removal, _protection))
                        return Undo(CommitOutcome.Conflict);
                foreach (var change in changes)
                    if (!change.TryWrite(connection))
                        return Undo(CommitOutcome.Conflict);
                foreach (var confirmation in confirmations)
                    if (!confirmation.TryWrite(connection))
                        return Undo(CommitOutcome.Conflict);
                SaveRegistrations(connection, registrations);
                if (commit.Taken is { } taken && !NoticeRows.TryTake(connection, taken))
                    return Undo(CommitOutcome.Conflict);
                occurrence?.Write(connection);
                return CommitOutcome.Committed;
            },
            cancellation,
            large: changes.Length + confirmations.Length + commit.Removals.Count > _options.LargeCommit
        );
    }

    private static Written<CommitOutcome> Undo(CommitOutcome outcome) => new(outcome, Keep: false);

    /// <summary>False when an unexpired answer is there; an expired one is replaced.</summary>
    private bool TryKeep(Connection connection, IdempotentAnswer answer)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        Purge(
            connection,
            "DELETE FROM answer WHERE rowid IN (SELECT rowid FROM answer WHERE expires <= ? LIMIT 4)",
            now
        );
        using var statement = connection.Prepare(
            """
            INSERT INTO answer (client, request, hash, status, body, location, expires) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (client, request) DO UPDATE SET hash = excluded.hash, status = excluded.status,
                body = excluded.body, location = excluded.location, expires = excluded.expires
            WHERE expires <= ?
            """
        );
        return statement
                .Add(answer.ClientId)
                .Add(answer.RequestId)
                .Add(answer.BodyHash.Span)
                .Add(answer.Status)
                .Add(answer.Body.Span)
                .Add(answer.Location)
                .Add(answer.Expires.ToUnixTimeMilliseconds())
                .Add(now)
                .Run() == 1;
    }
}
