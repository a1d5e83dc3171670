using System.Globalization;
using System.Text;

namespace CpIs.Fhir.Conformance.Tests.Fuzzing;

/// <summary>
/// Mutation fuzzing over the examples: in JSON, and byte by byte. A run prints its seed; <c>CPIS_FUZZ_SEED</c> repeats it, and
/// <c>CPIS_FUZZ_RUNS</c> makes it longer (CONTRIBUTING, Tests).
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    // For two verdicts on a text of some kilobytes.
    private const long MostBytes = 64 * 1024 * 1024;

    private static int Runs => Setting("CPIS_FUZZ_RUNS") ?? 400;

    [Fact]
    public void A_changed_resource_gets_a_verdict()
    {
        var random = Start();
        for (var run = 0; run < Runs; run++)
        {
            var good = Corpus.Resources[random.Next(Corpus.Resources.Count)];
            Check(Encoding.UTF8.GetBytes(new JsonMutator(random.Next()).Mutate(good).ToJsonString()));
        }
    }

    [Fact]
    public void Changed_bytes_get_a_verdict()
    {
        var random = Start();
        for (var run = 0; run < Runs; run++)
        {
            var text = Encoding.UTF8.GetBytes(Corpus.Resources[random.Next(Corpus.Resources.Count)].ToJsonString());
            Check(Change(text, random));
        }
    }

    private static byte[] Change(byte[] text, Random random)
    {
        var bytes = new List<byte>(text);
        for (var change = random.Next(1, 4); change > 0 && bytes.Count > 0; change--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 50)));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, random.Next(1, 200))));
                    break;
                case 3:
                    bytes.Insert(at, (byte)"{}[]\",:\\_0 \n"[random.Next(12)]);
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    private static void Check(byte[] text)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Verdicts.Check(text);
        if (GC.GetAllocatedBytesForCurrentThread() - before is var taken && taken > MostBytes)
            throw new InvalidOperationException($"Took {taken} bytes:\n{Encoding.UTF8.GetString(text)}");
    }

    private Random Start()
    {
        var seed = Setting("CPIS_FUZZ_SEED") ?? Random.Shared.Next();
        output.WriteLine($"CPIS_FUZZ_SEED={seed} CPIS_FUZZ_RUNS={Runs}");
        return new Random(seed);
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
