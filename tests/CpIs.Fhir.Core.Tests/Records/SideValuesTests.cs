using System.Text;
using System.Text.Json;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Tests.Records;

/// <summary>Side values are written by the serializer and read by hand: each must know what the other does.</summary>
public sealed class SideValuesTests
{
    private static readonly StoredResource Bare = new()
    {
        Type = RecordType.EpisodeOfCare,
        Id = "e",
        Version = 1,
        LastUpdated = DateTimeOffset.UnixEpoch,
        Authority = OdsCode.Parse("XHF01"),
        Body = default,
    };

    [Fact]
    public void What_was_written_is_read()
    {
        var plans = PlanTypes.All.SelectMany(type =>
            Enum.GetValues<PlanStatus>().Select(status => new Plan("é\"1", type, status, new(2026, 2, 28), null))
        );
        foreach (
            var plan in plans.SelectMany(plan =>
                new[] { plan, plan with { End = new(2026, 12, 31) }, plan with { IsProtected = true } }
            )
        )
        foreach (var stamp in new[] { null, Stamp(0, 0), Stamp(7, 0), Stamp(long.MaxValue, 3) })
        {
            var resource = Bare with
            {
                Plan = plan,
                Stamp = stamp,
                Identity = "P-1 Zoë",
                Child = NhsNumber.Parse("9990000018"),
                BirthDate = new DateOnly(2012, 1, 9),
                Tokens = ["status=active", "identifier=a|b\\c"],
                IsDeleted = plan.Status == PlanStatus.Withdrawn,
            };
            SideValuesJson
                .AddTo(Bare, SideValuesJson.Write(resource, withKeys: true))
                .Should()
                .BeEquivalentTo(resource, options => options.ComparingRecordsByMembers());
        }
    }

    [Fact]
    public void What_is_not_there_is_not_read_and_what_is_unknown_is_passed_over()
    {
        SideValuesJson
            .AddTo(Bare with { Identity = "kept" }, "{\"z\":{\"t\":[1]},\"y2\":[[]]}"u8)
            .Should()
            .BeEquivalentTo(Bare with { Identity = "kept" }, options => options.ComparingRecordsByMembers());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"t\":[1]}")]
    [InlineData("{\"t\":\"a\"}")]
    [InlineData("{\"d\":1}")]
    [InlineData("{\"b\":\"2026-02-30\"}")]
    [InlineData("{\"u\":{}}")]
    [InlineData("{\"p\":{\"EpisodeId\":\"e\",\"Type\":\"Other\",\"Status\":\"Active\",\"Start\":\"2026-01-01\"}}")]
    [InlineData("{\"p\":{\"EpisodeId\":\"e\",\"Type\":\"LookedAfter\",\"Status\":\"Other\",\"Start\":\"2026-01-01\"}}")]
    public void What_is_no_such_document_is_said_to_be_none(string document)
    {
        var reading = () => SideValuesJson.AddTo(Bare, Encoding.UTF8.GetBytes(document));
        reading.Should().Throw<JsonException>();
    }

    private static UploadStamp Stamp(long sequence, int epoch) =>
        new(new DateTimeOffset(2026, 10, 25, 1, 30, 0, 123, TimeSpan.FromHours(1)), sequence, epoch);
}
