using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Benchmarks.Measures;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Benchmarks.Validation;

/// <summary>Uploads of so many records: the example's child, plan and Flag, with numbers of their own.</summary>
internal static class Records
{
    /// <summary>A transaction Bundle of a Patient, an EpisodeOfCare and a Flag for each record.</summary>
    public static byte[] Bundle(int records)
    {
        var upload = JsonNode.Parse(Repository.Example("Bundle-upload-with-flag"))!.AsObject();
        var entries = upload["entry"]!.AsArray();
        var one = entries.Take(3).Select(entry => entry!.ToJsonString()).ToList();
        upload.Remove("id");
        entries.Clear();
        foreach (var (record, number) in SyntheticNhsNumbers.From(0).Take(records).Index())
        foreach (var entry in one)
            entries.Add(JsonNode.Parse(Renumbered(entry, record, number.Digits)));
        return JsonSerializer.SerializeToUtf8Bytes(upload);
    }

    private static string Renumbered(string entry, int record, string number)
    {
        var hex = record.ToString("x8", CultureInfo.InvariantCulture);
        return entry
            .Replace("9990000018", number, StringComparison.Ordinal)
            .Replace("CPP-0001", $"CPP-{record:0000}", StringComparison.Ordinal)
            .Replace("L-1001", $"L-{record:0000}", StringComparison.Ordinal)
            .Replace("urn:uuid:a1d4f7c2", $"urn:uuid:{hex}", StringComparison.Ordinal)
            .Replace("urn:uuid:d4a7cae5", $"urn:uuid:{hex}", StringComparison.Ordinal)
            .Replace("urn:uuid:17daf0b8", $"urn:uuid:{hex}", StringComparison.Ordinal);
    }
}
