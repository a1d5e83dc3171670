using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Topics;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Occurrences;

/// <summary>
/// An occurrence made ready on the caller's thread. Hit and miss write the same row; what only a hit has (concerns,
/// obligations) follows in the same savepoint.
/// </summary>
internal sealed class PreparedOccurrence(Occurrence occurrence, RecordProtection protection)
{
    private readonly ReadOnlyMemory<byte> _document = protection.Seal(occurrence);
    private readonly long _time = occurrence.Time.ToUnixTimeMilliseconds();
    private readonly long? _child = occurrence.Child is { } child ? protection.ChildKey(child) : null;
    private readonly string? _person = occurrence is { InHistory: true, Person: { } person }
        ? protection.PersonKey(person.SdsUserId)
        : null;

    /// <summary>Writes it; one of the same id that is already there stands, with its obligations.</summary>
    public void Write(Connection connection)
    {
        if (!TryInsert(connection))
            return;
        foreach (var obligation in occurrence.Obligations)
            WriteObligation(connection, obligation.Authority, copied: null);
    }

    /// <summary>
    /// Writes it as another store held it, with its obligations as far as they have come. These get their keys in the order in
    /// which they are written, which is the order in which they will be numbered.
    /// </summary>
    public void Write(Connection connection, IReadOnlyList<PortableObligation> obligations)
    {
        TryInsert(connection);
        foreach (var obligation in obligations)
            WriteObligation(connection, obligation.Authority, obligation);
    }

    private bool TryInsert(Connection connection)
    {
        // Not ON CONFLICT (id): a store that is being filled has no index for that yet.
        using (
            var statement = connection.Prepare(
                """
                INSERT OR IGNORE INTO occurrence (id, kind, time, child, in_history, person, document)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
            )
        )
        {
            var added = statement
                .Add(occurrence.Id)
                .Add((long)occurrence.Kind)
                .Add(_time)
                .Add(_child)
                .Add(occurrence.IsReadByLookUps ? 1 : 0)
                .Add(_person)
                .Add(_document.Span)
                .Run();
            if (added == 0)
                return false;
        }

        WriteConcerns(connection);
        return true;
    }

    private void WriteConcerns(Connection connection)
    {
        var key = connection.LastKey;
        foreach (var authority in occurrence.Concerns)
        {
            using var statement = connection.Prepare(
                "INSERT INTO concern (authority, time, id, kind, child, occurrence) VALUES (?, ?, ?, ?, ?, ?)"
            );
            statement
                .Add(authority.Value)
                .Add(_time)
                .Add(occurrence.Id)
                .Add((long)occurrence.Kind)
                .Add(_child)
                .Add(key)
                .Run();
        }
    }

    private void WriteObligation(Connection connection, OdsCode authority, PortableObligation? copied)
    {
        var topic =
            occurrence.Topic
            ?? throw new InvalidOperationException($"Nobody is told of an occurrence of {occurrence.Kind}.");
        using var statement = connection.Prepare(
            """
            INSERT INTO obligation (authority, topic, occurrence, time, organisation, child, settled, taken, taken_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        );
        statement
            .Add(authority.Value)
            .Add((long)topic)
            .Add(occurrence.Id)
            .Add(_time)
            .Add(occurrence.Organisation.Value)
            // Events are joined by the child: those of a topic that does not merge have none.
            .Add(topic.Row().Merges ? _child : null)
            .Add(copied?.Settled?.ToUnixTimeMilliseconds())
            .Add(copied?.Taken?.ToUnixTimeMilliseconds())
            .Add(copied?.TakenBy)
            .Run();
    }
}
