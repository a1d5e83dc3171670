using System.Collections;
using Hl7.Fhir.Model;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Data minimisation: every element that CP-IS does not name is refused where it stands, not dropped, so that a sender
/// learns at once that it sends more than it may. Narrative, contained resources, extensions and ids of elements are
/// refused simply by not being named.
/// </summary>
internal sealed class AllowedElements
{
    private readonly Dictionary<string, AllowedElements> _below = new(StringComparer.Ordinal);

    /// <param name="paths">Every leaf that may be there, such as <c>name.family</c>; <c>resource.*</c> allows all below.</param>
    public AllowedElements(params IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var node = this;
            foreach (var name in path.Split('.'))
                if (name == "*")
                    node._below["*"] = new AllowedElements();
                else
                    node = node._below.TryGetValue(name, out var known)
                        ? known
                        : node._below[name] = new AllowedElements();
        }
    }

    /// <summary>Tells of every element that is not allowed.</summary>
    public void Check(Base resource, Place place)
    {
        if (!IsClean(resource))
            Report(resource, place, "");
    }

    private bool AllowsAnything => _below.ContainsKey("*");

    private bool IsClean(Base element)
    {
        if (AllowsAnything)
            return true;
        foreach (var (name, value) in element.EnumerateElements())
        {
            if (!_below.TryGetValue(name, out var allowed))
                return false;
            if (value is Base child)
            {
                if (!allowed.IsClean(child))
                    return false;
            }
            else if (value is IEnumerable children and not string)
                foreach (var item in children)
                    if (item is Base one && !allowed.IsClean(one))
                        return false;
        }

        return true;
    }

    private void Report(Base element, Place place, string path)
    {
        if (AllowsAnything)
            return;
        foreach (var (name, value) in element.EnumerateElements())
        {
            var at = path.Length == 0 ? name : $"{path}.{name}";
            if (!_below.TryGetValue(name, out var allowed))
                place.Break(
                    at,
                    "cpis-prohibited",
                    $"'{name}' is not taken here: CP-IS holds that a plan exists, and nothing more. Leave it out.",
                    SpineCodes.UnsupportedValue
                );
            else if (value is Base child)
                allowed.Report(child, place, at);
            else if (value is IEnumerable children and not string)
            {
                var index = 0;
                foreach (var item in children)
                {
                    if (item is Base one)
                        allowed.Report(one, place, $"{at}[{index}]");
                    index++;
                }
            }
        }
    }
}
