using System.Text.Encodings.Web;
using System.Text.Json;

namespace CpIs.Fhir.Benchmarks.Measures;

/// <summary>Results for people (a Markdown table) and for programs (JSON).</summary>
internal static class Results
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes a file.</summary>
    public static void Write<T>(string folder, string file, T value)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, file), JsonSerializer.Serialize(value, Indented) + "\n");
    }

    /// <summary>Prints a table.</summary>
    public static void Print(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        Console.WriteLine();
        PrintRow(headings);
        PrintRow([.. headings.Select(_ => "---")]);
        foreach (var row in rows)
            PrintRow(row);
    }

    private static void PrintRow(IReadOnlyList<string> cells) => Console.WriteLine($"| {string.Join(" | ", cells)} |");
}
