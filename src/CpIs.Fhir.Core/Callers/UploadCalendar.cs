using System.Text.Json;
using System.Text.Json.Serialization;

namespace CpIs.Fhir.Core.Callers;

/// <summary>
/// The days, in London, for which an authority is expected to upload its register: <c>daily</c>, <c>weekdays</c> (Monday to Friday),
/// <c>none</c> for one that does not upload, or days such as <c>mon,wed,fri</c>.
/// </summary>
public sealed record UploadCalendar
{
    /// <summary>Where the registration says nothing.</summary>
    public static readonly UploadCalendar Default = Of(day => day is not (DayOfWeek.Saturday or DayOfWeek.Sunday));

    /// <summary>What may be said, for who said something else.</summary>
    public const string Allowed = "daily, weekdays, none, or days such as mon,wed,fri";

    private const int Week = 7;
    private static readonly string[] Names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    private static readonly UploadCalendar Daily = Of(_ => true);
    private static readonly UploadCalendar None = Of(_ => false);

    // One bit for each day of the week.
    private readonly int _days;

    private UploadCalendar(int days) => _days = days;

    /// <summary>Reads what <see cref="ToString"/> writes; false for anything else.</summary>
    public static bool TryParse(string? text, out UploadCalendar calendar)
    {
        calendar = text switch
        {
            "daily" => Daily,
            "weekdays" => Default,
            _ => None,
        };
        if (text is "daily" or "weekdays" or "none")
            return true;
        var days = (text ?? "").Split(',').Select(name => Array.IndexOf(Names, name)).ToList();
        if (days.Contains(-1) || days.Distinct().Count() != days.Count)
            return false;
        calendar = Of(day => days.Contains((int)day));
        return true;
    }

    /// <summary>The first expected day after a day; null where none is expected.</summary>
    public DateOnly? After(DateOnly day)
    {
        for (var next = 1; next <= Week; next++)
            if ((_days & (1 << (int)day.AddDays(next).DayOfWeek)) != 0)
                return day.AddDays(next);
        return null;
    }

    /// <inheritdoc />
    public override string ToString() =>
        this == Daily ? "daily"
        : this == Default ? "weekdays"
        : this == None ? "none"
        // A week begins on Monday.
        : string.Join(
            ',',
            Enumerable
                .Range(1, Week)
                .Select(day => day % Week)
                .Where(day => (_days & (1 << day)) != 0)
                .Select(day => Names[day])
        );

    private static UploadCalendar Of(Func<DayOfWeek, bool> isExpected) =>
        new(Enum.GetValues<DayOfWeek>().Where(isExpected).Sum(day => 1 << (int)day));
}

/// <summary>A calendar as JSON string.</summary>
internal sealed class UploadCalendarJson : JsonConverter<UploadCalendar>
{
    public override UploadCalendar Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        UploadCalendar.TryParse(reader.GetString(), out var calendar)
            ? calendar
            : throw new JsonException("Not a calendar of uploads.");

    public override void Write(Utf8JsonWriter writer, UploadCalendar value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
