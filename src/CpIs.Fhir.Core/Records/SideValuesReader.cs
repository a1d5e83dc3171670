using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Records;

/// <summary>
/// Reads side values. By hand, because each record of each look-up has some: the serializer takes 12 us for them and this 2, which is a
/// tenth of a read. What is not there on every record is left to the serializer.
/// </summary>
internal static class SideValuesReader
{
    /// <exception cref="JsonException">It is no such document.</exception>
    public static SideValues Read(ReadOnlySpan<byte> document)
    {
        try
        {
            return ReadAll(document);
        }
        catch (Exception other) when (other is InvalidOperationException or FormatException or ArgumentException)
        {
            throw new JsonException("No side values.", other);
        }
    }

    private static SideValues ReadAll(ReadOnlySpan<byte> document)
    {
        var values = new SideValues();
        var reader = new Utf8JsonReader(document);
        Begin(ref reader);
        while (IsMember(ref reader))
            if (Is(ref reader, "t"u8))
                values.Tokens = Texts(ref reader);
            else if (Is(ref reader, "p"u8))
                values.Plan = PlanOf(ref reader);
            else if (Is(ref reader, "u"u8))
                values.Stamp = StampOf(ref reader);
            else if (Is(ref reader, "b"u8))
                values.BirthDate = Day(ref reader);
            else if (Is(ref reader, "n"u8))
                values.Child = reader.GetString();
            else if (Is(ref reader, "y"u8))
                values.Identity = reader.GetString();
            else if (Is(ref reader, "d"u8))
                values.IsDeleted = reader.GetBoolean();
            else if (Is(ref reader, "f"u8))
                values.OverriddenForm = JsonSerializer.Deserialize(
                    ref reader,
                    SideValuesJsonContext.Default.OverriddenForm
                );
            else if (Is(ref reader, "s"u8))
                values.Subscription = JsonSerializer.Deserialize(
                    ref reader,
                    SideValuesJsonContext.Default.SubscriptionTerms
                );
            else
                Pass(ref reader);
        return values;
    }

    private static Plan PlanOf(ref Utf8JsonReader reader)
    {
        string? episode = null;
        PlanType? type = null;
        PlanStatus? status = null;
        DateOnly? start = null,
            end = null;
        var isProtected = false;
        Expect(ref reader, JsonTokenType.StartObject);
        while (IsMember(ref reader))
            if (Is(ref reader, "EpisodeId"u8))
                episode = reader.GetString();
            else if (Is(ref reader, "Type"u8))
                type = PlanTypes.FromName(reader.GetString());
            else if (Is(ref reader, "Status"u8))
                status = Enum.Parse<PlanStatus>(reader.GetString()!);
            else if (Is(ref reader, "Start"u8))
                start = Day(ref reader);
            else if (Is(ref reader, "End"u8))
                end = Day(ref reader);
            else if (Is(ref reader, "IsProtected"u8))
                isProtected = reader.GetBoolean();
            else
                Pass(ref reader);
        return episode is not null && type is not null && status is { } stands && start is { } from
            ? new Plan(episode, type, stands, from, end) { IsProtected = isProtected }
            : throw new JsonException("A plan that this version does not know.");
    }

    private static UploadStamp StampOf(ref Utf8JsonReader reader)
    {
        DateTimeOffset? time = null;
        var (sequence, epoch, form) = (0L, 0, (string?)null);
        Expect(ref reader, JsonTokenType.StartObject);
        while (IsMember(ref reader))
            if (Is(ref reader, "t"u8))
                time = reader.GetDateTimeOffset();
            else if (Is(ref reader, "q"u8))
                sequence = reader.GetInt64();
            else if (Is(ref reader, "e"u8))
                epoch = reader.GetInt32();
            else if (Is(ref reader, "f"u8))
                form = reader.GetString();
            else
                Pass(ref reader);
        return new UploadStamp(time ?? throw new JsonException("A stamp has no time."), sequence, epoch, form);
    }

    private static List<string> Texts(ref Utf8JsonReader reader)
    {
        var texts = new List<string>();
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
            texts.Add(reader.GetString()!);
        Expect(ref reader, JsonTokenType.EndArray);
        return texts;
    }

    private static DateOnly Day(ref Utf8JsonReader reader) =>
        DateOnly.ParseExact(reader.GetString()!, "O", CultureInfo.InvariantCulture);

    private static void Begin(ref Utf8JsonReader reader)
    {
        reader.Read();
        Expect(ref reader, JsonTokenType.StartObject);
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType expected)
    {
        if (reader.TokenType != expected)
            throw new JsonException("No side values.");
    }

    /// <summary>True at the name of a member, false at the end of the object.</summary>
    private static bool IsMember(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>True when the member has that name; then the reader stands at its value.</summary>
    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.ValueTextEquals(name) && reader.Read();

    private static void Pass(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }
}
