using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Records;

namespace CpIs.Fhir.Storage.Sqlite.Transfer;

/// <summary>
/// Occurrences of a copy as rows, with their obligations as far as these have come. Obligations get their keys in the order
/// in which they come, which is the order in which they will be numbered; <see cref="NumberingMarks"/> follows.
/// </summary>
internal static class IncomingOccurrences
{
    public static void Write(Connection connection, PortableOccurrence record)
    {
        var occurrence = record.Occurrence;
        var time = occurrence.Time.ToUnixTimeMilliseconds();
        long? child = occurrence.Child is { } number ? ResourceRow.FromChild(number) : null;
        using (
            var statement = connection.Prepare(
                "INSERT INTO occurrence (id, kind, time, child, in_history, person, document) VALUES (?, ?, ?, ?, ?, ?, ?)"
            )
        )
            statement
                .Add(occurrence.Id)
                .Add((long)occurrence.Kind)
                .Add(time)
                .Add(child)
                .Add(occurrence.InHistory ? 1 : 0)
                .Add(occurrence.InHistory ? occurrence.Person?.SdsUserId : null)
                .Add(OccurrenceJson.Write(occurrence))
                .Run();
        foreach (var authority in occurrence.Concerns.Distinct())
        {
            using var statement = connection.Prepare(
                """
                INSERT INTO concern (authority, time, id, kind, child, occurrence)
                VALUES (?, ?, ?, ?, ?, last_insert_rowid())
                """
            );
            statement.Add(authority.Value).Add(time).Add(occurrence.Id).Add((long)occurrence.Kind).Add(child).Run();
        }

        foreach (var obligation in record.Obligations)
        {
            using var statement = connection.Prepare(
                """
                INSERT INTO obligation (authority, occurrence, time, person, organisation, child, settled)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
            );
            statement
                .Add(obligation.Authority.Value)
                .Add(occurrence.Id)
                .Add(time)
                .Add(occurrence.Person?.SdsUserId)
                .Add(occurrence.Organisation.Value)
                .Add(child)
                .Add(obligation.Settled?.ToUnixTimeMilliseconds())
                .Run();
        }
    }
}
