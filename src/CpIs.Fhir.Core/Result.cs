using System.Diagnostics.CodeAnalysis;

namespace CpIs.Fhir.Core;

/// <summary>Either a value or a <see cref="Core.Refusal"/>. Both convert implicitly, so code reads as if it returned the one.</summary>
/// <typeparam name="T">What is there when nothing was refused.</typeparam>
public readonly struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Refusal? refusal) => (_value, Refusal) = (value, refusal);

    /// <summary>Why not, or null when there is a value.</summary>
    public Refusal? Refusal { get; }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is none: it was refused.</exception>
    public T Value => Refusal is null ? _value! : throw new InvalidOperationException("Refused: there is no value.");

    /// <summary>True with the refusal, or false with the value.</summary>
    public bool IsRefused([NotNullWhen(true)] out Refusal? refusal, [NotNullWhen(false)] out T? value)
    {
        (refusal, value) = (Refusal, _value);
        return refusal is not null;
    }

    /// <summary>A value is a result.</summary>
    [SuppressMessage("Usage", "CA2225", Justification = "The named alternative is the constructor that this hides.")]
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>A refusal is a result.</summary>
    [SuppressMessage("Usage", "CA2225", Justification = "The named alternative is the constructor that this hides.")]
    public static implicit operator Result<T>(Refusal refusal) => new(default, refusal);
}
