using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;

namespace CpIs.Fhir.Cli.Forms;

/// <summary>What became of one entry of a form.</summary>
/// <param name="Id">Id of the resource; empty where the answer does not say.</param>
/// <param name="Version">The version that there is now; null where the answer does not say.</param>
/// <param name="IsNew">True where it was not held before.</param>
/// <param name="Problems">What the exchange says of it.</param>
internal sealed record FormAnswer(string Id, int? Version, bool IsNew, IReadOnlyList<Problem> Problems)
{
    /// <summary>The question that sends a form: a repeat of it is the same write.</summary>
    public static Ask Ask(JsonObject form) =>
        new(HttpMethod.Post, "") { Body = Encoding.UTF8.GetBytes(form.ToJsonString()), Repeatable = true };

    /// <summary>The entries, in their order.</summary>
    public static IReadOnlyList<FormAnswer> Of(Answer answer) =>
        [.. answer.ReadJson().List("entry").Select(entry => Of(entry.At("response")))];

    private static FormAnswer Of(JsonElement response)
    {
        // {type}/{id}/_history/{version}
        var way = response.Text("location")?.Split('/') ?? [];
        return new FormAnswer(
            way.Length == 4 ? way[1] : "",
            way.Length == 4 && int.TryParse(way[3], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? version
                : null,
            response.Text("status")?.StartsWith("201", StringComparison.Ordinal) == true,
            [.. Problem.Read(response.At("outcome"))]
        );
    }
}
