using System.Globalization;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Server.Notifications;

/// <summary>What can be asked of Subscriptions: <c>url</c> and <c>status</c> of the search, ids and status of <c>$status</c>.</summary>
internal static class SubscriptionQuery
{
    private const int MostValues = 50;
    private const int MostResults = 1_000;

    private static readonly string[] Statuses = ["requested", "active", "error", "off"];

    /// <summary>A search over one authority's own.</summary>
    public static Result<RecordQuery> Parse(
        IReadOnlyList<KeyValuePair<string, string>> parameters,
        OdsCode authority,
        int defaultCount
    )
    {
        var conditions = new List<Condition>();
        int? count = null;
        foreach (var (name, value) in parameters)
            switch (name)
            {
                case "status" or "url":
                    if (Values(name, value).IsRefused(out var refusal, out var values))
                        return refusal;
                    conditions.Add(
                        new Condition.AnyToken([
                            .. values.Select(v =>
                                name == "url" ? SubscriptionDocument.UrlToken(v) : SubscriptionDocument.StatusToken(v)
                            ),
                        ])
                    );
                    break;
                case "_count"
                    when count is null
                        && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var asked):
                    count = Math.Min(asked, MostResults);
                    break;
                case "_count":
                    return Bad("_count is one number, 0 or more.", name);
                default:
                    return Unknown(name, "url, status, _count");
            }

        return new RecordQuery(RecordType.Subscription, authority, conditions) { Count = count ?? defaultCount };
    }

    /// <summary>Ids and statuses that <c>$status</c> asks for; both empty for all.</summary>
    public static Result<(IReadOnlyList<string> Ids, IReadOnlyList<string> Statuses)> ParseStatus(
        IReadOnlyList<KeyValuePair<string, string>> parameters
    )
    {
        List<string> ids = [];
        List<string> statuses = [];
        foreach (var (name, value) in parameters)
        {
            if (name is not ("id" or "status"))
                return Unknown(name, "id, status");
            if (Values(name, value).IsRefused(out var refusal, out var values))
                return refusal;
            (name == "id" ? ids : statuses).AddRange(values);
        }

        return ids.Count > MostValues
            ? Bad($"At most {MostValues} ids can be asked for at once.", "id")
            : (ids, statuses);
    }

    private static Result<string[]> Values(string name, string value)
    {
        var values = value.Split(',');
        if (values.Length > MostValues || values.Contains(""))
            return Bad($"{name} needs 1 to {MostValues} values, separated by commas.", name);
        return name == "status" && values.Except(Statuses).Any()
            ? Bad($"status is one of {string.Join(", ", Statuses)}.", name)
            : values;
    }

    private static Refusal Unknown(string name, string known) =>
        Bad($"'{(name.Length <= 40 ? name : name[..40])}' is not a parameter here. Known are: {known}.", null);

    private static Refusal Bad(string why, string? parameter) =>
        Refusal.Malformed(why, parameter, SpineCodes.InvalidSearchData);
}
