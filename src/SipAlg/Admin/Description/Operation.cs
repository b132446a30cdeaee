using System.Text.Json.Serialization.Metadata;
using SipAlg.Admin.Access;

namespace SipAlg.Admin.Description;

/// <summary>
/// What an endpoint does, wants and answers: hung on the endpoint itself, so that the guard goes by it and <c>/openapi.json</c> cannot
/// tell of another server than this one.
/// </summary>
/// <param name="Summary">One sentence.</param>
internal sealed record Operation(string Summary)
{
    /// <summary>Null: as the method says, changing for all but GET and HEAD.</summary>
    public AccessNeed? Need { get; init; }

    public IReadOnlyList<Parameter> Query { get; init; } = [];
    public IReadOnlyList<Parameter> Headers { get; init; } = [];

    /// <summary>Of the path's parameters, by name.</summary>
    public IReadOnlyList<Parameter> Path { get; init; } = [];

    /// <summary>The JSON that it takes; null: none.</summary>
    public JsonTypeInfo? Body { get; init; }

    /// <summary>It may be left out.</summary>
    public bool IsBodyOptional { get; init; }

    /// <summary>The bodies of server-sent events, by their names.</summary>
    public IReadOnlyDictionary<string, JsonTypeInfo> Events { get; init; } = new Dictionary<string, JsonTypeInfo>();

    /// <summary>A part of the console's page, which nobody else asks for: <c>/openapi.json</c> leaves it out.</summary>
    public bool IsUnlisted { get; init; }

    /// <summary>What it says itself; refusals of the guard are added.</summary>
    public IReadOnlyList<Answer> Answers { get; init; } = [];
}

/// <param name="Description">One sentence.</param>
internal sealed record Parameter(string Name, string Description)
{
    /// <summary>The values that there are; empty: any.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Of a number.</summary>
    public (int Least, int Most)? Range { get; init; }

    /// <summary>As JSON Schema names it, as <c>date-time</c>; null: none.</summary>
    public string? Format { get; init; }
}

/// <param name="Shape">Of a JSON body; null where it is something else, or nothing.</param>
/// <param name="ContentType">Null: no body.</param>
internal sealed record Answer(int Status, string Description, JsonTypeInfo? Shape, string? ContentType)
{
    private const string Json = "application/json";

    public static Answer Of(int status, string description, JsonTypeInfo shape) => new(status, description, shape, Json);

    public static Answer Of(int status, string description, string? contentType = null) => new(status, description, null, contentType);

    public static Answer Error(int status, string description) => new(status, description, AdminJson.Default.ErrorBody, Json);
}

internal static class Described
{
    public static TBuilder Describe<TBuilder>(this TBuilder endpoint, Operation operation)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(operation);

    /// <summary>Null: the endpoint is described by nobody, or there is none.</summary>
    public static Operation? Of(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<Operation>();

    /// <summary>What the endpoint wants; of one that nobody has described what its method says.</summary>
    public static AccessNeed NeedOf(HttpContext context) =>
        Of(context)?.Need ??
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) ? AccessNeed.Look : AccessNeed.Change);
}
