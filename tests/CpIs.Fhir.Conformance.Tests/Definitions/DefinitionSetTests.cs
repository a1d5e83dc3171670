using System.Text;
using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Tests.Definitions;

public sealed class DefinitionSetTests
{
    private const string Url = "https://test.example/x";

    [Fact]
    public void Of_equal_canonicals_the_later_layer_is_found()
    {
        var set = new DefinitionSet(Layer(("9.0.0", "early")), Layer(("1.0.0", "late")));

        set.FindValueSet(Url)!.Name.Should().Be("late");
        set.FindValueSet(Url + "|9.0.0")!.Name.Should().Be("early");
        set.FindValueSet(Url + "|1")!.Name.Should().Be("late");
    }

    [Fact]
    public void Within_a_layer_the_newest_version_is_found_in_whichever_order_they_come()
    {
        var set = new DefinitionSet(
            Layer(("1.9.0", "old"), ("1.10.0-ballot", "ballot"), ("1.10.0", "new"), ("1.2", "older"))
        );

        set.FindValueSet(Url)!.Name.Should().Be("new");
        set.FindValueSet(Url + "|1.9")!.Name.Should().Be("old");
        set.FindValueSet(Url + "|1.10.0-ballot")!.Name.Should().Be("ballot");
        set.FindValueSet(Url + "|1.2")!.Name.Should().Be("older");
        set.FindValueSet(Url + "|2").Should().BeNull();
    }

    [Fact]
    public void Many_threads_get_the_same_object()
    {
        var set = DefinitionSet.CoreAndOurs();
        var urls = set.StructureUrls.ToList();
        using var start = new Barrier(8);

        var found = Enumerable
            .Range(0, 8)
            .AsParallel()
            .WithDegreeOfParallelism(8)
            .Select(_ =>
            {
                start.SignalAndWait();
                return urls.Select(url => set.FindStructure(url)).ToList();
            })
            .ToList();

        urls.Count.Should().BeGreaterThan(500);
        foreach (var each in found)
            for (var at = 0; at < urls.Count; at++)
                each[at].Should().NotBeNull().And.BeSameAs(found[0][at]);
    }

    [Fact]
    public void Each_of_our_own_definitions_is_found_with_its_elements()
    {
        var set = DefinitionSet.CoreAndOurs();
        var count = 0;

        foreach (var (name, json) in OwnDefinitions.Files())
        {
            var head = DefinitionHead.Read(json.Span, true);
            switch (head.ResourceType)
            {
                case "StructureDefinition":
                    set.FindStructure(head.Url!)!.Elements.Should().NotBeEmpty(name);
                    set.FindStructure(set.FindStructure(head.Url!)!.Base!).Should().NotBeNull(name);
                    count++;
                    break;
                case "ValueSet":
                    set.FindValueSet(head.Url!)!.Include.Should().NotBeEmpty(name);
                    break;
                case "CodeSystem":
                    set.FindCodeSystem(head.Url!)!.Concepts.Should().NotBeEmpty(name);
                    break;
            }
        }

        count.Should().BeGreaterThanOrEqualTo(10);
        File.ReadAllBytes(Path.Combine(Files.Root, "profiles/built/StructureDefinition-CPIS-Flag.json"))
            .Should()
            .Equal(OwnDefinitions.Files().Single(f => f.Name == "StructureDefinition-CPIS-Flag.json").Json.ToArray());
    }

    [Theory]
    [InlineData(
        """{"resourceType":"StructureDefinition","url":"https://test.example/x","snapshot":{"element":[{}]}}"""
    )]
    [InlineData("""{"resourceType":"StructureDefinition","url":"https://test.example/x","snapshot":[[1]],"type":7}""")]
    [InlineData(
        """{"resourceType":"StructureDefinition","url":"https://test.example/x","snapshot":{"element":[{"id":null,"path":{"a":1},"min":"x","max":"-","type":[{}],"binding":{},"slicing":{"discriminator":[{}]},"constraint":[{}],"contentReference":"","fixedX":{}}]}}"""
    )]
    public void A_broken_definition_is_read_as_far_as_it_goes(string json)
    {
        var set = new DefinitionSet(DefinitionLayer.Of([Encoding.UTF8.GetBytes(json)]));

        var read = () => set.FindStructure(Url);

        read.Should().NotThrow();
    }

    private static DefinitionLayer Layer(params (string Version, string Name)[] sets) =>
        DefinitionLayer.Of(
            sets.Select(set =>
                (ReadOnlyMemory<byte>)
                    Encoding.UTF8.GetBytes(
                        $$"""{"resourceType":"ValueSet","url":"{{Url}}","version":"{{set.Version}}","name":"{{set.Name}}"}"""
                    )
            )
        );
}
