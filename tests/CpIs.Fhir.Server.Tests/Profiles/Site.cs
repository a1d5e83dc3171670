using System.Net;
using System.Text.RegularExpressions;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Profiles;

/// <summary>Follows every link from a page on, as a browser would.</summary>
internal sealed partial class Site
{
    private readonly Dictionary<string, Answer> _visited = [];
    private readonly List<(string From, string Address)> _links = [];

    /// <summary>What was found at each path.</summary>
    public IReadOnlyDictionary<string, Answer> Visited => _visited;

    /// <summary>Links that lead to other servers.</summary>
    public IEnumerable<string> Elsewhere =>
        _links.Select(link => link.Address).Where(address => address.Contains("://", StringComparison.Ordinal));

    /// <summary>The pages among what was found.</summary>
    public IEnumerable<KeyValuePair<string, Answer>> Pages => _visited.Where(visit => IsPage(visit.Value));

    /// <summary>Links to a place within a page that the page does not have.</summary>
    public IEnumerable<string> LinksToNoPlace =>
        _links
            .Where(link =>
                link.Address.Contains('#', StringComparison.Ordinal)
                && !link.Address.Contains("://", StringComparison.Ordinal)
            )
            .Select(link =>
                (
                    link.From,
                    Path: link.Address[0] == '#'
                        ? link.From
                        : link.Address[..link.Address.IndexOf('#', StringComparison.Ordinal)],
                    Place: Uri.UnescapeDataString(
                        link.Address[(link.Address.IndexOf('#', StringComparison.Ordinal) + 1)..]
                    )
                )
            )
            .Where(link => !Places(_visited[link.Path].Text).Contains(link.Place))
            .Select(link => $"{link.From}: {link.Path}#{link.Place}");

    public static async Task<Site> CrawlAsync(Speaker reader, string start)
    {
        var site = new Site();
        var waiting = new Queue<string>([start]);
        while (waiting.TryDequeue(out var path))
        {
            if (site._visited.ContainsKey(path))
                continue;
            var answer = site._visited[path] = await reader.GetAsync(path, ("Accept", "text/html,*/*;q=0.8"));
            if (!IsPage(answer))
                continue;
            foreach (var address in Addresses(answer.Text))
            {
                site._links.Add((path, address));
                if (address.StartsWith('/'))
                    waiting.Enqueue(address.Split('#')[0]);
            }
        }

        return site;
    }

    /// <summary>Everything that a page has an id for.</summary>
    public static IEnumerable<string> Places(string page) =>
        Id().Matches(page).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value));

    private static IEnumerable<string> Addresses(string page) =>
        Address().Matches(page).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value));

    private static bool IsPage(Answer answer) =>
        answer.Headers.TryGetValue("Content-Type", out var type)
        && type.StartsWith("text/html", StringComparison.Ordinal);

    [GeneratedRegex("(?:href|src|action)=\"([^\"]*)\"")]
    private static partial Regex Address();

    [GeneratedRegex(" id=\"([^\"]*)\"")]
    private static partial Regex Id();
}
