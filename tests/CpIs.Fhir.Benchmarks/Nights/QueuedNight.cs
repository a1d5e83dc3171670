using System.Globalization;
using CpIs.Fhir.Benchmarks.Store;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Benchmarks.Nights;

/// <summary>A night in which every authority sends its daily file: the files are taken in, and nothing of them is done yet.</summary>
/// <param name="authorities">How many.</param>
/// <param name="records">How many records in all. The first authority, whose client the examples hold, has a little more than the others, so that its file is the last to end.</param>
internal sealed class QueuedNight(int authorities, int records) : IOrganisationDirectory
{
    /// <summary>The authority whose file ends last.</summary>
    public static readonly OdsCode Last = OdsCode.Parse("XHF01");

    /// <summary>Its file, as its status address names it.</summary>
    public static readonly string LastFile = DailyFile.IdOf(Last.Value, Sequence);

    private const long Sequence = 1;

    private readonly DateTimeOffset _made = DateTimeOffset.UtcNow.AddMinutes(-1);

    /// <inheritdoc />
    public OrganisationDirectory Current { get; } =
        new(1, Enumerable.Range(0, authorities).Select(i => AuthorityOf(CodeOf(i))), []);

    /// <summary>How many records there are in fact.</summary>
    public int Records { get; private set; }

    /// <summary>Takes all of them in, as a server would.</summary>
    public async Task WriteAsync(IRecordStore store, IOccurrenceStore occurrences, CancellationToken cancellation)
    {
        await store.CommitAsync(
            new Commit { Registrations = [.. Current.Organisations.Select(RegistrationForm.Of)] },
            cancellation
        );
        var intake = new DailyFileIntake(
            (IDailyFileStore)store,
            occurrences,
            this,
            new NoAlarms(),
            new DailyFilePulse(),
            new IdGenerator(TimeProvider.System),
            TimeProvider.System
        );
        var each = records / authorities;
        var stems = each + each / 5 + 300;
        for (var i = 0; i < authorities; i++)
        {
            var size = i == 0 ? each + 200 : each;
            var population = SyntheticPopulation.OfCounty(
                CodeOf(i),
                size,
                LondonCalendar.DayOf(_made),
                seed: i + 1
            ) with
            {
                FirstStem = i * stems,
            };
            var taken = await intake.ReceiveAsync(
                SentBy(CodeOf(i)),
                NdjsonRecords.ReadAsync(new MemoryStream(Lines(population)), cancellation),
                () => i.ToString(CultureInfo.InvariantCulture),
                cancellation
            );
            Records += taken.Value.Records;
        }
    }

    private DailyFileSent SentBy(OdsCode authority) =>
        new(new Caller("night", authority, "An authority", CallerKind.Authority, null, [], []), Sequence, _made)
        {
            RequestId = Guid.NewGuid().ToString(),
        };

    private static byte[] Lines(SyntheticPopulation population)
    {
        using var lines = new MemoryStream();
        foreach (var child in population.Children())
        {
            lines.Write(SyntheticUpload.Record(population.Authority, child).Span);
            lines.WriteByte((byte)'\n');
        }

        return lines.ToArray();
    }

    private static OdsCode CodeOf(int index) => index == 0 ? Last : OdsCode.Parse($"XN{index:D3}");

    private static Organisation AuthorityOf(OdsCode code) =>
        new()
        {
            Code = code,
            Name = $"Authority {code}",
            Kind = CallerKind.Authority,
            ResourceId = $"night-{code}".ToLowerInvariant(),
            EmergencyDutyPhone = "01632 960001",
        };
}
