using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Tests;
using CpIs.Fhir.Conformance.Tests.Matrix;

namespace CpIs.Fhir.EndToEnd.Tests.Surfaces;

/// <summary>
/// One rule, one place: whatever is wrong with an upload is told by <c>cpis validate</c>, by <c>$validate</c> and by the upload itself under
/// the same id at the same place.
/// </summary>
public sealed class OneRuleTests(ThreeSurfaces surfaces, ITestOutputHelper output) : IClassFixture<ThreeSurfaces>
{
    private const string Bundle = "CPIS-Upload";
    private static readonly string[] Uploaded = ["CPIS-Patient", "CPIS-EpisodeOfCare", "CPIS-Flag", Bundle];

    /// <summary>What no profile can say: whose a record is, what the store holds, today.</summary>
    private static readonly HashSet<string> OnlyOfTheUpload =
    [
        "cpis-authority",
        "cpis-birth-date-hides-plan",
        "cpis-entry-condition-system",
        "cpis-entry-id",
        "cpis-entry-if-match",
        "cpis-episode-patient-immutable",
        "cpis-flag-without-episode",
        "cpis-patient-birth-date",
        "cpis-patient-local-id",
        "cpis-patient-without-plan",
        "cpis-plan-active-end",
        "cpis-plan-adult",
        "cpis-plan-before-birth",
        "cpis-plan-due-date-ahead",
        "cpis-plan-finished-future",
        "cpis-plan-start-ahead",
        "cpis-plan-system",
        "cpis-plan-type-immutable",
        "cpis-plan-withdrawn",
        "cpis-upload-references",
        "cpis-upload-timestamp-ahead",
    ];

    [Fact]
    public async Task Every_bad_example_is_told_alike_on_every_surface()
    {
        var wrong = new List<string>();
        var count = 0;
        foreach (var profile in Uploaded)
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Files.Root, "examples", "bad", profile), "*.json"))
        {
            var resource = JsonNode
                .Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!
                .AsObject();
            if (await CompareAsync(resource, profile) is { } difference)
                wrong.Add($"{profile}/{Path.GetFileName(file)}: {difference}");
            count++;
        }

        wrong.Should().BeEmpty();
        count.Should().BeGreaterThan(90);
    }

    [Fact]
    public async Task Every_breach_of_the_matrix_is_told_alike_on_every_surface()
    {
        var wrong = new List<string>();
        var count = 0;
        foreach (var file in Directory.EnumerateFiles(Files.Examples, "*.json").Order(StringComparer.Ordinal))
        {
            var good = new GoodInstance(file);
            var profile = good.Profile.Url[(good.Profile.Url.LastIndexOf('/') + 1)..];
            if (!Uploaded.Contains(profile))
                continue;
            foreach (var mutation in new MutationMatrix(good).All())
            {
                if (await CompareAsync(mutation.Resource, profile) is { } difference)
                    wrong.Add($"{good.Name}, {mutation.Breach} {mutation.ElementId}: {difference}");
                count++;
            }
        }

        output.WriteLine($"{count} breaches compared");
        wrong.Take(20).Should().BeEmpty($"of {count}, {wrong.Count} differ");
        count.Should().BeGreaterThan(1_000);
    }

    [Fact]
    public async Task What_is_right_is_taken_on_every_surface()
    {
        foreach (var file in Directory.EnumerateFiles(Files.Examples, "Bundle-upload*.json"))
        {
            var text = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            ThreeSurfaces.Tool(text, Bundle).Should().BeEmpty();
            (await surfaces.ServiceAsync(text, Bundle)).Should().BeEmpty();
        }
    }

    [Fact]
    public async Task Every_bad_Subscription_is_told_alike_when_it_is_validated_and_when_it_is_sent()
    {
        const string profile = "CPIS-Subscription";
        var folder = Path.Combine(Files.Root, "examples", "bad", profile);
        var wrong = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var text = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            var tool = ThreeSurfaces.Places(ThreeSurfaces.Tool(text, profile)).ToHashSet();
            var service = ThreeSurfaces.Places(await surfaces.ServiceAsync(text, profile)).ToHashSet();
            var sent = (ThreeSurfaces.Subscribe(text)?.Issues ?? [])
                .Where(issue => issue.Rule != "cpis-subscription-header") // what a masked value stands for, only the server knows
                .Select(issue => new ThreeSurfaces.Told(issue.Rule, issue.Expression))
                .ToHashSet();
            if (tool.Count == 0 || !tool.SetEquals(service) || !tool.SetEquals(sent))
                wrong.Add(
                    $"{Path.GetFileName(file)}: cpis validate [{Line(tool)}], $validate [{Line(service)}], sent [{Line(sent)}]"
                );
        }

        wrong.Should().BeEmpty();
    }

    /// <summary>Null when all surfaces tell the same.</summary>
    private async Task<string?> CompareAsync(JsonObject resource, string profile)
    {
        var isBundle = profile == Bundle;
        var bundle = isBundle ? resource : Wrapped(resource);
        var text = Encoding.UTF8.GetBytes(bundle.ToJsonString());
        var tool = ThreeSurfaces.Places(ThreeSurfaces.Tool(text, Bundle)).ToHashSet();
        var service = ThreeSurfaces.Places(await surfaces.ServiceAsync(text, Bundle)).ToHashSet();
        if (!tool.SetEquals(service))
            return $"cpis validate [{Line(tool)}], $validate [{Line(service)}]";
        var refusal = await surfaces.UploadAsync(text);
        var upload = (refusal?.Issues ?? [])
            .Where(issue => issue.Severity == "error")
            .Select(issue => new ThreeSurfaces.Told(issue.Rule, issue.Expression))
            .ToHashSet();
        if (tool.Except(upload).ToList() is { Count: > 0 } untold)
            return $"an upload does not tell [{Line(untold)}] but [{Line(upload)}]";
        if (
            upload.Except(tool).Where(told => !OnlyOfTheUpload.Contains(told.Rule ?? "")).ToList() is
            { Count: > 0 } more
        )
            return $"an upload alone tells [{Line(more)}]";
        if (tool.Count == 0)
            return isBundle ? "nothing is wrong with it" : null;
        return isBundle ? null : Alone(resource, profile, tool);
    }

    /// <summary>The resource alone is told what it is told in an entry.</summary>
    private static string? Alone(JsonObject resource, string profile, HashSet<ThreeSurfaces.Told> inEntry)
    {
        const string place = "Bundle.entry[0].resource";
        var type = (string?)resource["resourceType"] ?? "";
        var alone = ThreeSurfaces
            .Places(ThreeSurfaces.Tool(Encoding.UTF8.GetBytes(resource.ToJsonString()), profile))
            .Select(told => told with { Place = place + told.Place?[type.Length..] })
            .ToHashSet();
        return alone.IsSubsetOf(inEntry) ? null : $"alone [{Line(alone)}], in an entry [{Line(inEntry)}]";
    }

    private static string Line(IEnumerable<ThreeSurfaces.Told> told) =>
        string.Join("; ", told.Select(each => $"{each.Rule} {each.Place}"));

    private static JsonObject Wrapped(JsonObject resource)
    {
        var type = (string?)resource["resourceType"];
        var identifier = resource["identifier"] is JsonArray { Count: > 0 } list ? list[0] as JsonObject : null;
        return new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = "transaction",
            ["entry"] = new JsonArray(
                new JsonObject
                {
                    ["fullUrl"] = "urn:uuid:0d2f5b1e-5c0e-4b55-9d1c-6a52c8e7a001",
                    ["resource"] = resource.DeepClone(),
                    ["request"] = new JsonObject
                    {
                        ["method"] = "PUT",
                        ["url"] = $"{type}?identifier={Text(identifier?["system"])}|{Text(identifier?["value"])}",
                    },
                }
            ),
        };
    }

    private static string Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : "x";
}
