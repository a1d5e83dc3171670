using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Filters;

namespace CpIs.Fhir.Benchmarks.Measures;

/// <summary>Leaves a class out where no MongoDB engine is, and says so in one line.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OnlyWithEngineAttribute() : FilterConfigBaseAttribute(new SimpleFilter(_ => IsThere.Value))
{
    private static readonly Lazy<bool> IsThere = new(() =>
    {
        if (Engine.ConnectionString is null)
            Console.Error.WriteLine($"// {Engine.HowToGetOne}");
        return Engine.ConnectionString is not null;
    });
}
