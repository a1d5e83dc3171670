using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Records;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>One try of the exchange to send something.</summary>
/// <param name="Parameter">As the exchange tells of it.</param>
internal sealed record Attempt(JsonElement Parameter) : IRow
{
    /// <summary>What <see cref="Cells"/> are.</summary>
    public static IReadOnlyList<string> Headings { get; } =
    ["When", "What", "Events", "Taken", "HTTP", "Took", "Problem"];

    private string Type => Parameter.ValueText("type") ?? "";

    private bool IsTaken => Parameter.ValueIsTrue("taken");

    private long? First => Parameter.ValueNumber("firstNumber");

    private long? Last => First + Parameter.ValueNumber("events") - 1;

    /// <inheritdoc />
    public IReadOnlyList<string> Cells =>
        [
            Instant.London(Parameter.ValueText("time")),
            Type == "event-notification" ? "notice" : Type,
            First is null ? ""
            : Last > First ? $"{First} to {Last}"
            : Text(First),
            IsTaken ? "yes" : "no",
            Text(Parameter.ValueNumber("httpStatus")),
            Text(Parameter.ValueNumber("milliseconds")) + " ms",
            PlainError.Of(Parameter.ValueText("error")),
        ];

    /// <inheritdoc />
    public JsonObject ToJson() =>
        new()
        {
            ["time"] = Parameter.ValueText("time"),
            ["type"] = Type,
            ["taken"] = IsTaken,
            ["httpStatus"] = Parameter.ValueNumber("httpStatus"),
            ["error"] = Parameter.ValueText("error"),
            ["firstNumber"] = First,
            ["lastNumber"] = Last,
            ["milliseconds"] = Parameter.ValueNumber("milliseconds"),
            ["server"] = Parameter.ValueText("server"),
        };

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
