using System.Globalization;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Tests.Shared;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>A store that holds more than is read at once.</summary>
public sealed class BatchTests
{
    private const int InBatch = 4_000;

    private readonly FakeTimeProvider _time = new(Make.Noon);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Stores =>
        [new("sqlite"), new TheoryDataRow<string>("mongodb").WithTrait(Proof.Long, "true")];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Every_section_is_read_on_from_the_last_key_of_a_batch(string store)
    {
        await using CopyEnd from = store == "sqlite" ? new SqliteEnd() : await MongoEnd.TakeAsync();
        await using var to = new SqliteEnd();
        var made = new MadeSource([.. Records(InBatch + 100), new PortableStamp(7)], InBatch);
        await using (var target = await from.OpenTargetAsync(_time, Cancellation))
            (await Copying.RunAsync(made, target, _time, Cancellation)).IsSound.Should().BeTrue();
        await using var source = await from.OpenSourceAsync(Cancellation);
        foreach (
            var section in TransferSections.All.Where(s =>
                s is not (TransferSection.Ledgers or TransferSection.Keys or TransferSection.Restores)
            )
        )
        {
            var whole = await SumAsync(source, section, null);
            var first = await source.ReadAsync(section, null, Make.Noon, Cancellation).FirstAsync(Cancellation);
            first.Records.Should().HaveCount(InBatch, "of {0}", section);
            var rest = await SumAsync(source, section, first.LastKey);
            (first.Records.Count + rest.Count).Should().Be(whole.Count);
            (await source.CountAsync(section, Make.Noon, Cancellation)).Should().Be(whole.Count);
        }

        await using var copied = await to.OpenTargetAsync(_time, Cancellation);
        (await Copying.RunAsync(source, copied, _time, Cancellation)).IsSound.Should().BeTrue();
    }

    private static async Task<SectionSum> SumAsync(ITransferSource source, TransferSection section, string? after)
    {
        var sum = default(SectionSum);
        await foreach (var batch in source.ReadAsync(section, after, Make.Noon, Cancellation))
            sum = sum.With(batch.Records);
        return sum;
    }

    private static IEnumerable<PortableRecord> Records(int count)
    {
        yield return new PortableResource(Make.Subscription("s"), []);
        yield return ForeignNumbering.Ledger("s", count);
        for (var i = 1; i <= count; i++)
        {
            var id = i.ToString("D5", CultureInfo.InvariantCulture);
            yield return new PortableResource(Make.Resource(id, identity: id, tokens: $"id={id}"), []);
            var access = Make.Access(id, Make.Noon.AddSeconds(i / 3), Make.Child(i), authorities: Make.Herts);
            yield return new PortableOccurrence(access, [new PortableObligation(Make.Herts, Make.Noon, [])]);
            yield return ForeignNumbering.Event("s", i, id, access.Time) with
            {
                Delivered = Make.Noon,
            };
            yield return new PortableRegistration(new Registration("client", id, "{}"u8.ToArray()));
            yield return new PortableAnswer(Make.Answer(id));
            yield return new PortableOneTimeValue("jti", id, Make.Noon.AddHours(1));
        }
    }
}
