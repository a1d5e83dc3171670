using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Worklists;

namespace CpIs.Fhir.Core.Escalation;

/// <summary>
/// Reminds an authority by e-mail when its oldest untold notice has waited for <see cref="UntoldLimits.TakeWithin"/>, whatever its channel, and
/// each hour after that. It settles nothing.
/// </summary>
public sealed class Reminders(
    IWorklistStore notices,
    IOrganisationDirectory directory,
    EmailOptions options,
    OnceIn once,
    Postbox postbox,
    IMailObserver observer,
    TimeProvider time
) : IMinuteWork
{
    /// <summary>For so long an address is not reminded of the same notice again.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromMinutes(60);

    private readonly HashSet<OdsCode> _strangers = [];

    /// <inheritdoc />
    public string Name => "untold-reminders";

    /// <inheritdoc />
    public async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var code in options.Codes.Where(code => !directory.Current.IsServed(code)))
            if (_strangers.Add(code))
                observer.NotAnAuthority(code);
        var untold = await notices.ReadUntoldAsync(cancellation).ConfigureAwait(false);
        foreach (var each in untold.OrderBy(each => each.Oldest).Where(IsLate))
        foreach (var recipient in options.At(each.Authority, LondonCalendar.TimeOf(time.GetUtcNow())))
            if (!await RemindAsync(each, recipient, cancellation).ConfigureAwait(false))
                return;
    }

    /// <inheritdoc />
    public void Rest() { }

    private bool IsLate(UntoldNotices untold) =>
        time.GetUtcNow() - untold.Oldest >= UntoldLimits.TakeWithin && directory.Current.IsServed(untold.Authority);

    /// <summary>False when no other would go now.</summary>
    private async Task<bool> RemindAsync(UntoldNotices untold, EmailRecipient recipient, CancellationToken cancellation)
    {
        var result = MailResult.Sent;
        await once.DoAsync(
                $"reminder/{untold.Authority}/{recipient.Key}/{untold.Oldest.ToUnixTimeMilliseconds()}",
                async () =>
                {
                    result = await postbox
                        .PostAsync(
                            untold.Authority,
                            recipient,
                            MailTexts.ReminderSubject(untold.Count),
                            MailTexts.Reminder(untold.Count, time.GetUtcNow() - untold.Oldest),
                            cancellation
                        )
                        .ConfigureAwait(false);
                    return MailPace.After(result, Again);
                },
                cancellation
            )
            .ConfigureAwait(false);
        return result != MailResult.Unreachable;
    }
}
