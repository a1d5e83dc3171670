using Microsoft.Data.Sqlite;

namespace CpIs.Fhir.Tests.Shared;

/// <summary>A copy of the embedded store of a folder, made while it is open as an operator makes it, and put back while it is closed.</summary>
internal sealed class CopiedFolder(string folder, string copy)
{
    private string Store => Path.Combine(folder, "cpis.db");

    public static CopiedFolder Take(string folder, string copy)
    {
        var taken = new CopiedFolder(folder, copy);
        File.Delete(copy);
        using var connection = new SqliteConnection($"Data Source={taken.Store};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO $to";
        command.Parameters.AddWithValue("$to", copy);
        command.ExecuteNonQuery();
        return taken;
    }

    public void PutBack()
    {
        foreach (var file in Directory.GetFiles(folder, "cpis.db*"))
            File.Delete(file);
        File.Copy(copy, Store);
    }
}
