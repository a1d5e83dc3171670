using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CpIs.Fhir.Synthetic;

/// <summary>
/// Times and ids of the resources of a population: as different as those of a real upload, and the same each time. Ids are
/// UUIDs of version 7, like those of <see cref="Core.IdGenerator"/>, so that rows made together lie together.
/// </summary>
internal sealed class SyntheticIds(SyntheticPopulation population)
{
    // Noon of the day before: nothing of it lies in the future, wherever the clock stands.
    private readonly DateTimeOffset _first = new(
        population.Today.AddDays(-1).ToDateTime(new TimeOnly(12, 0)),
        TimeSpan.Zero
    );

    private DateTimeOffset _time;
    private int _ordinal;
    private int _given;

    /// <summary>Begins a child; the children are a millisecond apart.</summary>
    /// <param name="ordinal">1 for the first.</param>
    public DateTimeOffset Begin(int ordinal)
    {
        (_ordinal, _given) = (ordinal, 0);
        return _time = _first.AddMilliseconds(ordinal);
    }

    /// <summary>The next id of the child.</summary>
    public string Next()
    {
        Span<byte> hash = stackalloc byte[32];
        var what = string.Create(
            CultureInfo.InvariantCulture,
            $"{population.Authority} {population.Seed} {_ordinal} {_given++}"
        );
        SHA256.HashData(Encoding.UTF8.GetBytes(what), hash);
        var time = _time.ToUnixTimeMilliseconds();
        for (var i = 0; i < 6; i++)
            hash[i] = (byte)(time >> (8 * (5 - i)));
        hash[6] = (byte)((hash[6] & 0x0F) | 0x70);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true).ToString("D");
    }
}
