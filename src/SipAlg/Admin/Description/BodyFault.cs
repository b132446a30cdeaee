using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SipAlg.Admin.Description;

/// <summary>What is wrong with a body, in the terms of who sent it: the serializer's messages speak of this program's types.</summary>
internal static class BodyFault
{
    /// <param name="fault">The serializer's.</param>
    /// <param name="shape">What the body should have been: an object.</param>
    /// <returns>A sentence.</returns>
    public static string Of(JsonException fault, JsonTypeInfo shape)
    {
        if (fault.InnerException is JsonException syntax)
        {
            return $"The body is no JSON: {syntax.Message}";
        }

        var name = NameIn(fault.Path);
        if (name.Length == 0)
        {
            return shape.Properties.Any(member => member.IsRequired)
                ? $"The body is an object with {Names(shape.Properties.Where(member => member.IsRequired))}."
                : "The body is an object.";
        }

        return shape.Properties.Any(member => member.Name == name)
            ? $"'{name}' is of another kind than it should be; /openapi.json says which."
            : $"There is no '{name}': the body may have {Names(shape.Properties)}.";
    }

    /// <summary>The member of the body in a path as <c>$.headers.X</c> or <c>$['a b']</c>.</summary>
    private static string NameIn(string? path)
    {
        var rest = (path ?? "").TrimStart('$', '.', '[', '\'');
        return rest.IndexOfAny(['.', '[', ']', '\'']) is >= 0 and var end ? rest[..end] : rest;
    }

    private static string Names(IEnumerable<JsonPropertyInfo> members) => string.Join(", ", members.Select(member => $"'{member.Name}'"));
}
