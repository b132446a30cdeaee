using SipAlg.Configuration.Problems;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SipAlg.Configuration.Yaml;

/// <summary>
/// Reads a YAML file into nodes that know their line and column. Anchors, aliases and merge keys work as YAML has them; what
/// they may expand to is bounded, and so is nesting.
/// </summary>
internal sealed class YamlReader
{
    private const int MostDepth = 64;
    /// <summary>Of aliases alone: what is written out counts as it is.</summary>
    private const long MostExpandedNodes = 200_000;

    private readonly string _file;
    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly ProblemList _problems;
    private readonly Func<string, SourcePosition, string?> _interpolate;
    private readonly Dictionary<AnchorName, ConfigNode?> _anchors = [];
    private long _written;

    private YamlReader(string file, string text, ProblemList problems, Func<string, SourcePosition, string?> interpolate)
    {
        _file = file;
        _scanner = new Scanner(new StringReader(text), skipComments: true);
        _parser = new Parser(_scanner);
        _problems = problems;
        _interpolate = interpolate;
    }

    /// <param name="file">Named in positions.</param>
    /// <param name="interpolate">Replaces what stands in <c>${…}</c> within values; null when it cannot, which it reports.</param>
    /// <returns>Null when the file is empty, or no YAML: that problem is reported and reading ends there.</returns>
    public static ConfigNode? Read(string file, string text, ProblemList problems, Func<string, SourcePosition, string?> interpolate)
    {
        var reader = new YamlReader(file, text, problems, interpolate);
        try
        {
            return reader.ReadDocument();
        }
        catch (InvalidOperationException)
        {
            // What the scanner throws, without a position, for a flow key that is broken over lines.
            problems.Error(Position(file, reader._scanner.CurrentPosition), "this is no YAML: a bracket or quote above has no end");
            return null;
        }
        catch (ArgumentException)
        {
            // Likewise, for a tag such as !!].
            problems.Error(Position(file, reader._scanner.CurrentPosition), "this is no YAML: what follows a '!' is no tag", "put text that begins with '!' in quotes");
            return null;
        }
        catch (YamlException fault)
        {
            // Of a tab the scanner says where the mapping or value begins that it is in, which may be the whole file.
            var isTab = fault.Message.Contains(" tab ", StringComparison.Ordinal);
            problems.Error(Position(file, isTab ? reader._scanner.CurrentPosition : fault.Start), $"this is no YAML: {Reason(fault)}", isTab ? "indent with blanks: YAML takes no tab there" : null);
            return null;
        }
    }

    private static string Reason(YamlException fault) => (fault.InnerException ?? fault).Message.TrimEnd('.');

    private ConfigNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            return null;
        }

        var root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
        {
            _problems.Error(At(second.Start), "a second document begins here", "one file holds one document: remove the '---' or '...'");
        }

        return root;
    }

    private ConfigNode ReadNode(int depth)
    {
        var start = _parser.Current!.Start;
        if (depth > MostDepth)
        {
            throw new YamlException(start, start, $"it is nested more than {MostDepth} deep");
        }

        _written++;
        return _parser.Current switch
        {
            AnchorAlias => ReadAlias(_parser.Consume<AnchorAlias>()),
            SequenceStart sequence => Anchored(sequence, () => ReadSequence(depth)),
            MappingStart mapping => Anchored(mapping, () => ReadMapping(depth)),
            NodeEvent scalar => Anchored(scalar, ReadScalar),
            _ => throw new YamlException(start, start, "a value is missing"),
        };
    }

    /// <summary>An anchor is known from its node's end; until then an alias to it would contain itself.</summary>
    private ConfigNode Anchored(NodeEvent node, Func<ConfigNode> read)
    {
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific)
        {
            throw new YamlException(node.Start, node.End, $"the tag {node.Tag.Value} has no meaning here, unquoted values mean their characters");
        }

        if (!node.Anchor.IsEmpty)
        {
            _anchors[node.Anchor] = null;
        }

        var result = read();
        if (!node.Anchor.IsEmpty)
        {
            _anchors[node.Anchor] = result;
        }

        return result;
    }

    private ConfigNode ReadAlias(AnchorAlias alias)
    {
        if (_anchors.TryGetValue(alias.Value, out var target) && target is not null)
        {
            return target;
        }

        var isOpen = _anchors.ContainsKey(alias.Value);
        throw new YamlException(alias.Start, alias.End, isOpen ? $"*{alias.Value} contains itself" : $"there is no anchor &{alias.Value} above");
    }

    private ConfigNode ReadScalar()
    {
        var scalar = _parser.Consume<Scalar>();
        var at = At(scalar.Start);
        return _interpolate(scalar.Value, at) is { } text && IsUnicode(text, at) ? new ScalarNode(at, text, scalar.Value, scalar.Style == ScalarStyle.Plain) : new UnreadNode(at);
    }

    /// <summary>What was no UTF-8 has become U+FFFD, and a password or a name with it another one. In comments it does no harm.</summary>
    private bool IsUnicode(string text, SourcePosition at)
    {
        var isSound = !text.Contains('\uFFFD', StringComparison.Ordinal);
        if (!isSound)
        {
            _problems.Error(at, "this is no UTF-8", "save the file as UTF-8; a character that an editor shows as \uFFFD is lost and has to be written anew");
        }

        return isSound;
    }

    private SequenceNode ReadSequence(int depth)
    {
        var start = _parser.Consume<SequenceStart>();
        var items = new List<ConfigNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(depth + 1));
        }

        return Bounded(new SequenceNode(At(start.Start), items));
    }

    private MappingNode ReadMapping(int depth)
    {
        var start = _parser.Consume<MappingStart>();
        var entries = new MappingEntries(_problems);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out var key))
            {
                throw new YamlException(_parser.Current!.Start, _parser.Current.End, "a key must be a plain name");
            }

            IsUnicode(key.Value, At(key.Start));
            entries.Add(key.Value, At(key.Start), isMerge: key.Value == "<<" && key.Style == ScalarStyle.Plain, ReadNode(depth + 1));
        }

        return Bounded(new MappingNode(At(start.Start), entries.Merged()));
    }

    private T Bounded<T>(T node) where T : ConfigNode => node.Size - _written <= MostExpandedNodes
        ? node
        : throw new YamlException(new Mark(0, node.At.Line, node.At.Column), Mark.Empty, $"its aliases expand to more than {MostExpandedNodes} values");

    private SourcePosition At(Mark mark) => Position(_file, mark);

    private static SourcePosition Position(string file, Mark mark) => new(file, (int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));
}
