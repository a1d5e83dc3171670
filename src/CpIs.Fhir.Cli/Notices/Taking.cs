using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Output;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>What the exchange answers when a person has taken notices.</summary>
/// <param name="Taken">How many were taken now.</param>
/// <param name="Before">How many had been taken before.</param>
/// <param name="Person">By whom.</param>
internal sealed record Taking(long Taken, long Before, string Person)
{
    /// <summary>Reads the answer.</summary>
    public static Taking Of(JsonElement answer) =>
        new(answer.ValueNumber("taken") ?? 0, answer.ValueNumber("takenBefore") ?? 0, answer.ValueText("person") ?? "");

    /// <summary>Both together.</summary>
    public Taking And(Taking other) => new(Taken + other.Taken, Before + other.Before, other.Person);

    /// <summary>Says so.</summary>
    public void Show(Report report)
    {
        report.Object(
            new JsonObject
            {
                ["outcome"] = Taken > 0 ? "taken" : "unchanged",
                ["taken"] = Taken,
                ["takenBefore"] = Before,
                ["person"] = Person,
            }
        );
        var before = Before > 0 ? Text($" {Count(Before)} had been taken before.") : "";
        report.Line(Taken > 0 ? $"{Count(Taken)} taken by {Person}.{before}" : $"Nothing was left to take.{before}");
    }

    private static string Count(long notices) => Text($"{notices:N0} {(notices == 1 ? "notice" : "notices")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
