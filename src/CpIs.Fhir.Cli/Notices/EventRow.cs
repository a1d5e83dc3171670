using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>One access of an event; without the access where it is no longer kept.</summary>
/// <param name="Event">The event.</param>
/// <param name="Access">The access.</param>
internal sealed record EventRow(NotifiedEvent Event, Access? Access) : IRow
{
    /// <summary>What <see cref="Cells"/> are.</summary>
    public static IReadOnlyList<string> Headings { get; } = ["Event", .. Access.Headings];

    /// <inheritdoc />
    public IReadOnlyList<string> Cells =>
        [
            Event.Number.ToString(CultureInfo.InvariantCulture),
            .. Access?.Cells
                ??
                [
                    Event.Time is { } time ? LondonCalendar.Read(time) : "",
                    .. Enumerable.Repeat("", Access.Headings.Count - 1),
                ],
        ];

    /// <inheritdoc />
    public JsonObject ToJson() => ToJson(Event, Access is null ? [] : [Access]);

    /// <summary>One object for an event with all its accesses.</summary>
    public static JsonObject ToJson(NotifiedEvent told, IEnumerable<Access> accesses) =>
        new()
        {
            ["number"] = told.Number,
            ["time"] = told.Time is { } time ? Instant.Text(time) : null,
            ["references"] = new JsonArray([.. told.References.Select(each => (JsonNode)each.Split('/')[^1])]),
            ["accesses"] = new JsonArray([.. accesses.Select(access => (JsonNode)access.ToJson())]),
        };
}
