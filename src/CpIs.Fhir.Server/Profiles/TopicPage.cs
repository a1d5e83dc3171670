using System.Text.Json;
using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>
/// The page of a topic. R4 has no SubscriptionTopic: it travels as a Basic whose extensions are the elements that R5 has, by their names.
/// </summary>
internal static class TopicPage
{
    private static readonly string[] Told = ["url", "version", "title", "description", "status"];

    /// <summary>The page.</summary>
    public static Html Of(Artefact artefact) =>
        Html.Of(
            $"""
            {ArtefactHead.Of(artefact)}
            <h2 class="nhsuk-heading-m">The topic</h2>
            {new PageTable(
                "Elements of the SubscriptionTopic",
                ["Element", "Value"],
                [
                    .. Values(artefact.Read(), "")
                        .Where(value => !Told.Contains(value.Name))
                        .Select(value => new PageRow(ArtefactHead.Code(value.Name), Html.Of($"{value.Text}"))),
                ]
            ).Markup}
            """
        );

    private static IEnumerable<(string Name, string Text)> Values(JsonElement holder, string above)
    {
        foreach (var extension in holder.Items("extension"))
        {
            var url = extension.Text("url")!;
            var name = above + url[(url.LastIndexOfAny(['/', '.']) + 1)..];
            foreach (
                var value in extension
                    .EnumerateObject()
                    .Where(p => p.Name.StartsWith("value", StringComparison.Ordinal))
            )
                yield return (name, Text(value.Value));
            foreach (var inner in Values(extension, name + "."))
                yield return inner;
        }
    }

    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object
            ? string.Join(
                ", ",
                value.Items("coding").Select(c => $"{c.Text("display")} ({c.Text("system")}|{c.Text("code")})")
            )
            : value.ToString();
}
