using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Topics;
using CpIs.Fhir.Core.Worklists;

namespace CpIs.Fhir.Core.Escalation;

/// <summary>
/// Tells each authority that has e-mail once a day, at 08:00 London, what became of the notices of yesterday: so somebody notices when a
/// system took notices and showed them to nobody. Where nobody reads e-mail at 08:00, when somebody first does that day.
/// </summary>
public sealed class MorningSummaries(
    IWorklistStore notices,
    PlacesOfAction places,
    OverriddenForms forms,
    IOrganisationDirectory directory,
    EmailOptions options,
    OnceIn once,
    Postbox postbox,
    TimeProvider time
) : IMinuteWork
{
    /// <summary>Time of the day in London.</summary>
    public static readonly TimeOnly At = new(8, 0);

    /// <summary>Longer than the rest of the day.</summary>
    private static readonly TimeSpan Day = TimeSpan.FromHours(20);

    /// <inheritdoc />
    public string Name => "morning-summaries";

    /// <inheritdoc />
    public async Task RunAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var london = LondonCalendar.TimeOf(now);
        foreach (var authority in options.Codes.Where(directory.Current.IsServed))
            if (options.FirstFrom(authority, At) is { } at && at <= london)
                foreach (var recipient in options.At(authority, at))
                    if (
                        !await SendAsync(authority, recipient, LondonCalendar.DayOf(now), cancellation)
                            .ConfigureAwait(false)
                    )
                        return;
    }

    /// <inheritdoc />
    public void Rest() { }

    /// <summary>False when no other would go now.</summary>
    private async Task<bool> SendAsync(
        OdsCode authority,
        EmailRecipient recipient,
        DateOnly today,
        CancellationToken cancellation
    )
    {
        var result = MailResult.Sent;
        await once.DoAsync(
                $"summary/{authority}/{recipient.Key}/{today:yyyy-MM-dd}",
                async () =>
                {
                    result = await postbox
                        .PostAsync(
                            authority,
                            recipient,
                            MailTexts.SummarySubject,
                            await WriteAsync(authority, today, cancellation).ConfigureAwait(false),
                            cancellation
                        )
                        .ConfigureAwait(false);
                    return MailPace.After(result, Day);
                },
                cancellation
            )
            .ConfigureAwait(false);
        return result != MailResult.Unreachable;
    }

    private async Task<string> WriteAsync(OdsCode authority, DateOnly today, CancellationToken cancellation)
    {
        var counts = await DayCounts
            .ReadAsync(
                notices,
                authority,
                LondonCalendar.StartOf(today.AddDays(-1)),
                LondonCalendar.StartOf(today),
                cancellation
            )
            .ConfigureAwait(false);
        var place = (
            await places.FindAsync(authority, Topic.RecordAccessed, cancellation).ConfigureAwait(false)
        )?.Subscription;
        // What is in an inbox is delivered when a person takes it (design.md, "What settles").
        if (place?.Channel == ChannelKind.Inbox)
            counts = counts with { Delivered = counts.Delivered + counts.TakenUndelivered };
        var stale = directory.Current.StaleAt(time.GetUtcNow()).FirstOrDefault(each => each.Authority == authority);
        return MailTexts.Summary(counts, SystemOf(place))
            + MailTexts.OverriddenForms(await ReadFormsAsync(authority, today, cancellation).ConfigureAwait(false))
            + (stale is null ? "" : MailTexts.StaleRegister(stale.Since));
    }

    /// <summary>What the file of this night said otherwise, and whatever came since the summary of yesterday.</summary>
    private async Task<IReadOnlyList<OverriddenForm>> ReadFormsAsync(
        OdsCode authority,
        DateOnly today,
        CancellationToken cancellation
    )
    {
        var (from, to) = (
            LondonCalendar.InstantOf(today.AddDays(-1).ToDateTime(At)),
            LondonCalendar.InstantOf(today.ToDateTime(At))
        );
        var records = await forms.ReadAsync(authority, today.AddDays(-1), today, cancellation).ConfigureAwait(false);
        return
        [
            .. records
                .Select(record => record.OverriddenForm!)
                .Where(form => form.Overridden >= from && form.Overridden < to),
        ];
    }

    /// <summary>What the authority's people know its place of action by.</summary>
    private static string? SystemOf(SubscriptionTerms? place) =>
        place?.Channel switch
        {
            ChannelKind.RestHook => new Uri(place.Endpoint).Host,
            ChannelKind.Inbox => "your inbox",
            ChannelKind.Mesh => "your MESH mailbox",
            _ => null,
        };
}
