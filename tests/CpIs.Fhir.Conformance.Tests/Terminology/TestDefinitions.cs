using System.Text;
using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Tests.Terminology;

/// <summary>Small code systems and value sets, each in one line of JSON.</summary>
internal static class TestDefinitions
{
    public const string Animals = "https://t.example/animals";
    public const string Colours = "https://t.example/colours";

    private const string AnimalSystem = """
        {"resourceType":"CodeSystem","url":"https://t.example/animals","version":"1","caseSensitive":true,"content":"complete","concept":[
          {"code":"animal","display":"Animal","property":[{"code":"notSelectable","valueBoolean":true}],"concept":[
            {"code":"dog","display":"Dog","property":[{"code":"legs","valueInteger":4}],"concept":[{"code":"puppy","display":"Puppy"}]},
            {"code":"bird","display":"Bird","property":[{"code":"legs","valueInteger":2},{"code":"child","valueCode":"duckling"}]},
            {"code":"young","display":"Young animal","concept":[{"code":"duckling","display":"Duckling"}],"property":[{"code":"child","valueCode":"puppy"}]}]}]}
        """;

    private static readonly string[] Resources =
    [
        AnimalSystem,
        """{"resourceType":"CodeSystem","url":"https://t.example/colours","content":"complete","concept":[{"code":"Red","display":"Red"},{"code":"dog"}]}""",
        """{"resourceType":"CodeSystem","url":"https://t.example/part","content":"fragment","caseSensitive":true,"concept":[{"code":"a","concept":[{"code":"b"}]}]}""",
        """{"resourceType":"CodeSystem","url":"https://t.example/example","content":"example","concept":[{"code":"a"}]}""",
        """{"resourceType":"CodeSystem","url":"https://t.example/absent","content":"not-present"}""",
        """{"resourceType":"CodeSystem","url":"https://t.example/more","content":"supplement","supplements":"https://t.example/animals","concept":[{"code":"dog"}]}""",
    ];

    /// <summary>The systems above, and value sets: each a name and the rest of its JSON.</summary>
    public static DefinitionSet With(params (string Name, string Json)[] sets) =>
        new(
            CoreDefinitions.Load(),
            OwnDefinitions.Load(),
            DefinitionLayer.Of(
                Resources
                    .Concat(
                        sets.Select(set =>
                            $$"""{"resourceType":"ValueSet","url":"https://t.example/vs/{{set.Name}}",{{set.Json}}}"""
                        )
                    )
                    .Select(json => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(json))
            )
        );

    public static string Url(string name) => "https://t.example/vs/" + name;
}
