using CpIs.Fhir.Core;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Server.Tests.Uploads;

/// <summary>A county's daily file in CSV, with faults of every kind planted at known rows and columns.</summary>
/// <param name="Text">The file.</param>
/// <param name="Faults">Each planted fault: <c>row 17|birth date</c>.</param>
internal sealed record CountyFile(string Text, IReadOnlyList<string> Faults)
{
    /// <summary>What goes wrong in a cell; the column is the one in which it is told.</summary>
    private static readonly (CsvColumn Column, Func<string, string> Spoil)[] Spoilt =
    [
        (CsvColumns.NhsNumber, number => number[..9] + (char)('0' + (number[9] - '0' + 1) % 10)),
        (CsvColumns.NhsNumber, _ => "9.99E+09"),
        (CsvColumns.NhsNumber, number => number[1..]),
        (CsvColumns.Family, _ => ""),
        (CsvColumns.Given, _ => "Ro\nbin"),
        (CsvColumns.BirthDate, _ => "04/23/2019"),
        (CsvColumns.BirthDate, _ => "23/04/19"),
        (CsvColumns.BirthDate, _ => "12/03/1899"),
        (CsvColumns.LocalId, _ => "4711 A"),
        (CsvColumns.PlanId, _ => ""),
        (CsvColumns.PlanId, _ => "a plan"),
        (CsvColumns.Type, _ => "child in need"),
        (CsvColumns.Start, _ => "30/02/2026"),
        (CsvColumns.Start, _ => "last week"),
        (CsvColumns.Status, _ => "on hold"),
        (CsvColumns.Protected, _ => "perhaps"),
    ];

    /// <summary>A file of so many children, so many of which have a fault.</summary>
    public static CountyFile Write(int children, int faults)
    {
        var lines = new List<string> { SyntheticCsv.Header };
        var planted = new List<string>();
        var county = SyntheticPopulation.OfCounty(
            OdsCode.Parse("XHF01"),
            children,
            new DateOnly(2026, 6, 10),
            seed: 12
        );
        // A fault in a record of two rows could be told at either; each is planted where there is one.
        foreach (var child in county.Children())
        {
            var rows = SyntheticCsv.Rows(child).ToList();
            if (rows.Count == 1 && planted.Count < faults)
            {
                var (column, spoil) = Spoilt[planted.Count % Spoilt.Length];
                planted.Add($"row {lines.Count + 1}|{column.Name}");
                rows[0][column] = spoil(rows[0].GetValueOrDefault(column, ""));
            }

            lines.AddRange(rows.Select(SyntheticCsv.Line));
        }

        return new CountyFile(string.Join("\r\n", lines) + "\r\n", planted);
    }
}
