using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>
/// Finds on the work-list what a person names by reference or id, so that they see what they take and the exchange learns as of when they saw it.
/// </summary>
internal sealed class AttendanceChoice(WorklistReader reader)
{
    private static readonly string[] Untold = ["untold"];
    private static readonly string[] Others = ["told", "taken"];

    /// <summary>Finds them.</summary>
    /// <param name="named">References or ids, as typed.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="CannotRunException">One is neither, is not on the list, or could be two.</exception>
    public async Task<ChosenAttendances> FindAsync(IReadOnlyList<string> named, CancellationToken cancellation)
    {
        var wanted = named.Select(Named).Distinct().ToList();
        var list = await reader.ReadAsync(Untold, null, int.MaxValue, cancellation);
        var found = Among(wanted, list);
        var asOf = list.AsOf;
        if (found.Count < wanted.Count)
        {
            list = await reader.ReadAsync(Others, null, int.MaxValue, cancellation);
            if (found.Count == 0)
                asOf = list.AsOf;
            foreach (var (name, attendance) in Among([.. wanted.Where(name => !found.ContainsKey(name))], list))
                found[name] = attendance;
        }

        var missing = wanted.Where(name => !found.ContainsKey(name)).ToList();
        if (missing.Find(name => !IsId(name)) is { } unknown)
            throw new CannotRunException(
                $"{unknown} is not on the work-list: not among the untold, nor told or taken in the last 30 days. Nothing was changed."
            );
        return new ChosenAttendances(
            [.. found.Values.Select(each => each.Id).Concat(missing).Distinct()],
            [.. found.Values.DistinctBy(each => each.Id)],
            asOf
        );
    }

    private static string Named(string typed) =>
        IsId(typed)
            ? typed.ToLowerInvariant()
            : TypedReference.Read(typed)
                ?? throw new CannotRunException(
                    $"'{typed}' is neither a reference, such as K7F-4M2Q, nor the id of an attendance. Nothing was changed."
                );

    private static Dictionary<string, WaitingAttendance> Among(List<string> wanted, WorklistRead list)
    {
        var attendances = list.Lines.OfType<WaitingAttendance>().ToList();
        var found = new Dictionary<string, WaitingAttendance>(StringComparer.Ordinal);
        foreach (var name in wanted)
            switch (attendances.FindAll(each => each.Id == name || each.Reference == name))
            {
                case []:
                    break;
                case [var one]:
                    found[name] = one;
                    break;
                case var several:
                    throw new CannotRunException(
                        $"{name} is the reference of {several.Count} attendances. Give the id of the one you mean: {string.Join(", ", several.Select(each => $"{each.Id} ({each.SettingName})"))}. Nothing was changed."
                    );
            }

        return found;
    }

    private static bool IsId(string name) => Guid.TryParseExact(name, "D", out _);
}

/// <summary>What a person takes.</summary>
/// <param name="Ids">Ids of the attendances.</param>
/// <param name="Shown">Those of them that are on the work-list.</param>
/// <param name="AsOf">As of when the person saw them.</param>
internal sealed record ChosenAttendances(
    IReadOnlyList<string> Ids,
    IReadOnlyList<WaitingAttendance> Shown,
    DateTimeOffset AsOf
);
