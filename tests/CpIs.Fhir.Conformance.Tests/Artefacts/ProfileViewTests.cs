using CpIs.Fhir.Conformance.Artefacts;

namespace CpIs.Fhir.Conformance.Tests.Artefacts;

/// <summary>What people are shown of a profile is what its StructureDefinition says.</summary>
public sealed class ProfileViewTests
{
    private static readonly ArtefactSet Own = ArtefactSet.Own();

    public static TheoryData<string> Profiles => [.. Own.OfType("StructureDefinition").Select(profile => profile.Id)];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Each_element_of_the_snapshot_has_a_row_but_for_what_stands_inside_a_primitive(string id)
    {
        var (profile, view) = View(id);

        var snapshot = profile.Read().GetProperty("snapshot").Items("element").ToList();
        var rows = view.Rows.ToDictionary(row => row.Element.Id);
        foreach (var element in snapshot)
        {
            if (!rows.Remove(element.Text("id")!, out var row))
            {
                element.Text("id").Should().EndWith(".value", "only the value inside a primitive has no row");
                element.Items("type").Single().Text("code").Should().StartWith("http://hl7.org/fhirpath/System.");
                continue;
            }

            row.Cardinality.Should().Be($"{element.Number("min")}..{element.Text("max")}");
            row.Meaning.Should().Be(element.Text("short"));
            if (row.Decision is not null)
                $"{row.Decision}: {row.Reason}".Should().Be(element.Text("comment"));
            row.Base.Should().NotBeNull("R4 is at hand");
        }

        rows.Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Each_change_of_the_differential_is_told_as_a_difference_or_a_prohibition(string id)
    {
        var (profile, view) = View(id);
        var differences = view.Differences().ToLookup(difference => difference.Row.Element.Id);
        var prohibited = view.Rows.Where(row => row.IsProhibited).Select(row => row.Element.Id).ToHashSet();

        foreach (var element in profile.Read().GetProperty("differential").Items("element"))
        {
            var place = element.Text("id")!;
            if (element.Text("max") == "0")
            {
                prohibited.Should().Contain(place);
                continue;
            }

            var told = differences[place].Select(difference => difference.What).ToList();
            foreach (var rule in element.Items("constraint"))
                differences[place].Select(difference => difference.Here).Should().Contain(rule.Text("key"));
            if (element.Text("sliceName") is not null)
                told.Should().Contain("Slice", place);
            if (element.EnumerateObject().Any(p => p.Name.StartsWith("fixed", StringComparison.Ordinal)))
                told.Should().Contain("Fixed value", place);
            if (element.EnumerateObject().Any(p => p.Name.StartsWith("pattern", StringComparison.Ordinal)))
                told.Should().Contain("Pattern", place);
        }
    }

    [Fact]
    public void A_cardinality_that_R4_has_already_is_no_difference()
    {
        var (_, view) = View("CPIS-Flag");

        view.Differences().Should().NotContain(d => d.Row.Element.Id == "Flag.status" && d.What == "Cardinality");
        view.Differences().Should().Contain(d => d.Row.Element.Id == "Flag.period" && d.Here == "1..1");
        view.Differences().Should().OnlyContain(difference => difference.InBase != difference.Here);
    }

    [Fact]
    public void An_artefact_is_found_by_its_canonical_with_its_version_and_with_no_other()
    {
        var flag = Own.Find("StructureDefinition", "CPIS-Flag")!;

        Own.FindCanonical(flag.Url!).Should().BeSameAs(flag);
        Own.FindCanonical($"{flag.Url}|{flag.Version}").Should().BeSameAs(flag);
        Own.FindCanonical($"{flag.Url}|9.9.9").Should().BeNull();
        Own.FindCanonical("https://fhir.cpis.example/SubscriptionTopic/record-accessed")!
            .Title.Should()
            .Be("A record of the authority was accessed");
        Own.Find("Flag", "CPIS-Flag").Should().BeNull();
    }

    private static (Artefact Profile, ProfileView View) View(string id)
    {
        var profile = Own.Find("StructureDefinition", id)!;
        return (profile, ProfileView.Of(profile, TheValidator.Definitions));
    }
}
