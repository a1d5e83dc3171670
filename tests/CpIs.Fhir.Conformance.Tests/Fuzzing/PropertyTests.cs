using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Tests.Shared;
using FsCheck;
using FsCheck.Fluent;

namespace CpIs.Fhir.Conformance.Tests.Fuzzing;

/// <summary>What holds for every input: no exception, a verdict with places in the text, the same one each time.</summary>
public sealed class PropertyTests
{
    private static readonly Gen<JsonNode?> Scalars = Gen.OneOf(
        Gen.Elements<string>(
                "",
                " ",
                "x",
                "#x",
                "Patient/1",
                "2026-01-01",
                "\u0000",
                "\U0001F600",
                "http://hl7.org/fhir"
            )
            .Select(text => (JsonNode?)JsonValue.Create(text)),
        ArbMap.Default.GeneratorFor<int>().Select(number => (JsonNode?)JsonValue.Create(number)),
        ArbMap.Default.GeneratorFor<bool>().Select(truth => (JsonNode?)JsonValue.Create(truth)),
        Gen.Constant<JsonNode?>(null)
    );

    private static readonly Gen<string> Names = Gen.Elements(
        "resourceType",
        "id",
        "_id",
        "meta",
        "profile",
        "extension",
        "url",
        "valueString",
        "_valueString",
        "contained",
        "entry",
        "resource",
        "fullUrl",
        "type",
        "identifier",
        "system",
        "value",
        "code",
        "coding",
        "reference",
        "parameter",
        "part",
        "name",
        "text",
        "div",
        "status",
        "a b",
        ""
    );

    [Fact]
    public void Any_bytes_get_a_verdict() =>
        Prop.ForAll<byte[]>(bytes =>
            {
                var result = Verdicts.Check(bytes);
                return !result.IsValid && result.Issues.Count > 0;
            })
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_behind_the_beginning_of_a_resource_gets_a_verdict() =>
        Prop.ForAll<NonNull<string>, bool>(
                (text, isXml) =>
                {
                    var start = isXml
                        ? "<Patient xmlns=\"http://hl7.org/fhir\"><active value=\""
                        : "{\"resourceType\":\"Patient\",\"active\":";
                    Verdicts.Check(Encoding.UTF8.GetBytes(start + text.Get));
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Any_JSON_gets_a_verdict() =>
        Prop.ForAll(
                Json(6).ToArbitrary(),
                node =>
                {
                    Verdicts.Check(Encoding.UTF8.GetBytes(node?.ToJsonString() ?? "null"));
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    [Trait(Proof.Long, "true")]
    public void Any_JSON_that_names_a_type_gets_a_verdict() =>
        Prop.ForAll(
                Gen.Zip(Gen.Elements("Patient", "Flag", "Bundle", "Parameters", "Bogus"), Members(5)).ToArbitrary(),
                pair =>
                {
                    var (type, members) = pair;
                    var copy = (JsonObject)members.DeepClone();
                    copy["resourceType"] = type;
                    Verdicts.Check(Encoding.UTF8.GetBytes(copy.ToJsonString()));
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    [Trait(Proof.Long, "true")]
    public void The_order_of_properties_changes_no_verdict()
    {
        // One seed, so that a landing never hangs on chance; FuzzTests take another each time.
        const int seed = 20_386_347;
        var random = new Random(seed);
        foreach (var good in Corpus.Resources)
            for (var turn = 0; turn < 3; turn++)
            {
                var changed = turn == 0 ? good : new JsonMutator(random.Next()).Mutate(good);
                var told = Rules(TheValidator.Validate(changed.ToJsonString()));
                var shuffled = Rules(TheValidator.Validate(Shuffle(changed, random)!.ToJsonString()));
                shuffled.Should().BeEquivalentTo(told, $"seed {seed}: {changed.ToJsonString()}");
            }
    }

    /// <summary>
    /// What is told, but for what hangs on the order: what cannot be read is told at the first place where that is seen, and whether
    /// the SDK can read a broken resource, so that a rule can be evaluated on it, is its own affair.
    /// </summary>
    private static IEnumerable<string> Rules(ValidationResult result) =>
        result
            .Issues.Where(issue => result.IsValid || issue.Rule != RuleIds.InvariantUnevaluated)
            .Select(issue =>
                // Of two types of one choice the later one is too many.
                issue.Severity == ValidationSeverity.Fatal
                || issue.Rule == RuleIds.Max
                    ? issue.Rule
                    : $"{issue.Severity} {issue.Rule}@{issue.Expression}"
            );

    private static JsonNode? Shuffle(JsonNode? node, Random random)
    {
        switch (node)
        {
            case JsonObject members:
                var pairs = members.ToArray();
                random.Shuffle(pairs);
                return new JsonObject(pairs.Select(pair => KeyValuePair.Create(pair.Key, Shuffle(pair.Value, random))));
            case JsonArray list:
                return new JsonArray([.. list.Select(member => Shuffle(member, random))]);
            default:
                return node?.DeepClone();
        }
    }

    private static Gen<JsonNode?> Json(int depth) =>
        depth == 0
            ? Scalars
            : Gen.OneOf(
                Scalars,
                Members(depth - 1).Select(members => (JsonNode?)members),
                Json(depth - 1)
                    .ListOf(3)
                    .Select(list => (JsonNode?)new JsonArray([.. list.Select(one => one?.DeepClone())]))
            );

    private static Gen<JsonObject> Members(int depth) =>
        Gen.Zip(Names, Json(depth))
            .ListOf(5)
            .Select(pairs =>
            {
                var members = new JsonObject();
                foreach (var (name, value) in pairs)
                    members[name] = value?.DeepClone();
                return members;
            });
}
