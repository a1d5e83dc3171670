using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Transfer;

/// <summary>
/// The indexes of the store, put off until everything is there: made from sorted rows they cost a tenth of what they cost
/// row by row, once they are larger than the cache. Which ones there are is read from the file, not repeated here.
/// </summary>
internal static class DeferredIndexes
{
    /// <summary>By which events find what they tell of, while they are written.</summary>
    private const string NeededMeanwhile = "obligation_of_occurrence";

    /// <summary>Remembers every index, and drops it.</summary>
    public static void PutOff(Connection connection)
    {
        connection.Run(
            $"""
            INSERT INTO transfer_index (name, script)
            SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND name <> '{NeededMeanwhile}'
            """
        );
        foreach (var name in ReadMissing(connection))
            connection.RunScript($"DROP INDEX \"{name}\";");
    }

    /// <summary>Those that are still missing, by name.</summary>
    public static IReadOnlyList<string> ReadMissing(Connection connection)
    {
        using var rows = connection.Prepare("SELECT name FROM transfer_index ORDER BY name");
        var names = new List<string>();
        while (rows.Step())
            names.Add(rows.Text(0));
        return names;
    }

    /// <summary>Makes one.</summary>
    public static void Make(Connection connection, string name)
    {
        string script;
        using (var row = connection.Prepare("SELECT script FROM transfer_index WHERE name = ?"))
        {
            row.Add(name).Step();
            script = row.Text(0);
        }

        connection.RunScript(script);
        using var done = connection.Prepare("DELETE FROM transfer_index WHERE name = ?");
        done.Add(name).Run();
    }
}
