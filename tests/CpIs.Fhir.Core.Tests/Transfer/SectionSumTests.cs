using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Transfer;

namespace CpIs.Fhir.Core.Tests.Transfer;

/// <summary>What a checksum of a section tells and what it does not ask.</summary>
public sealed class SectionSumTests
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_order_of_records_does_not_matter_nor_how_they_were_cut_into_batches()
    {
        var records = Enumerable.Range(1, 20).Select(i => Event(i)).ToList();

        var whole = default(SectionSum).With(records);
        var parts = default(SectionSum).With(records.Skip(7).Reverse()).With(records.Take(7));

        parts.Should().Be(whole);
        whole.Count.Should().Be(20);
    }

    [Fact]
    public void A_record_that_is_there_twice_shows()
    {
        // An exclusive or would be the same again after two more of the same.
        var once = default(SectionSum).With([Event(1), Event(2)]);
        var thrice = default(SectionSum).With([Event(1), Event(1), Event(1), Event(2)]);

        thrice.Checksum.Should().NotBe(once.Checksum);
    }

    public static TheoryData<string, PortableRecord> Changed =>
        new()
        {
            { "subscription", Event(1) with { SubscriptionId = "t" } },
            { "number", Event(2) },
            { "time", Event(1) with { Time = Noon.AddMilliseconds(1) } },
            { "occurrences", Event(1) with { Occurrences = ["a"] } },
            { "occurrences run together", Event(1) with { Occurrences = ["ab", "c"] } },
            { "fence", Event(1) with { Fence = 1 } },
            { "delivered", Event(1) with { Delivered = Noon } },
        };

    [Theory]
    [MemberData(nameof(Changed))]
    public void Whatever_must_survive_is_in_it(string what, PortableRecord changed) =>
        default(SectionSum).With([changed]).Should().NotBe(default(SectionSum).With([Event(1)]), what);

    [Fact]
    public void Tokens_are_a_set()
    {
        var resource = new PortableResource(Resource("x=1", "y=2"), []);

        Sum(new PortableResource(Resource("y=2", "x=1"), [])).Should().Be(Sum(resource));
        Sum(new PortableResource(Resource("y=2"), [])).Should().NotBe(Sum(resource));
        Sum(new PortableResource(resource.Current, [resource.Current])).Should().NotBe(Sum(resource));
    }

    [Fact]
    public void It_is_read_back_from_its_text()
    {
        var sum = Sum(Event(1));

        SectionSum.Parse(sum.ToString()).Should().Be(sum);
        SectionSum.Parse(default(SectionSum).ToString()).Should().Be(default(SectionSum));
        FluentActions.Invoking(() => SectionSum.Parse("3 abc")).Should().Throw<FormatException>();
    }

    [Fact]
    public void A_secret_is_in_no_text_of_its_record()
    {
        var key = new PortableKey(new SigningKey("cursor", "k", new byte[] { 7, 7 }, Noon));

        key.ToString().Should().Be("cursor key k");
    }

    private static SectionSum Sum(PortableRecord record) => default(SectionSum).With([record]);

    private static PortableEvent Event(long number) => new("s", number, Noon, ["a", "bc"], 0, null);

    private static StoredResource Resource(params string[] tokens) =>
        new()
        {
            Type = RecordType.Flag,
            Id = "f",
            Version = 1,
            LastUpdated = Noon,
            Authority = OdsCode.Parse("XHF01"),
            Body = "{}"u8.ToArray(),
            Tokens = tokens,
        };
}
