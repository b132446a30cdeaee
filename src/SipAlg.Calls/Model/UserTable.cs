using System.Collections.Immutable;

namespace SipAlg.Calls.Model;

/// <summary>The users, found by what is called. Immutable.</summary>
public sealed class UserTable
{
    private readonly Dictionary<string, User>.AlternateLookup<ReadOnlySpan<char>> _names;
    private readonly Dictionary<string, User>.AlternateLookup<ReadOnlySpan<char>> _numbers;
    private readonly Dictionary<string, User>.AlternateLookup<ReadOnlySpan<char>> _aliases;
    private readonly Dictionary<string, User>.AlternateLookup<ReadOnlySpan<char>> _prefixes;
    private readonly int _longest;

    /// <param name="all">In the order of their <see cref="User.Index"/>; names, numbers and aliases are nobody else's. Who is removed is not found.</param>
    public UserTable(ImmutableArray<User> all)
    {
        Users = all;
        _names = Lookup(all.Length);
        (_numbers, _aliases, _prefixes) = (Lookup(0), Lookup(0), Lookup(0));

        // Without queries: of 200,000 users they would leave 80 MB behind, at a start that is to be quick.
        foreach (var user in all)
        {
            if (!user.IsRemoved)
            {
                _names.Dictionary.Add(user.Name, user);
                Add(user);
            }
        }

        _longest = _prefixes.Dictionary.Keys.Select(prefix => prefix.Length).DefaultIfEmpty().Max();
    }

    private void Add(User user)
    {
        foreach (var number in user.Numbers)
        {
            if (number.EndsWith('*'))
            {
                _prefixes.Dictionary.Add(number[..^1], user);
            }
            else
            {
                _numbers.Dictionary.Add(number, user);
            }
        }

        foreach (var alias in user.Aliases)
        {
            _aliases.Dictionary.Add(alias, user);
        }
    }

    public static UserTable Empty { get; } = new([]);

    /// <summary>By <see cref="User.Index"/>, those that are removed too.</summary>
    public ImmutableArray<User> Users { get; }

    /// <summary>The user of this name.</summary>
    public User? WithName(ReadOnlySpan<char> name) => _names.TryGetValue(name, out var user) ? user : null;

    /// <summary>Whom a call to this means: the user of the name, else of the number, the longest <c>*</c> that fits included, else of the alias.</summary>
    public User? Find(ReadOnlySpan<char> called) =>
        WithName(called) ?? (_numbers.TryGetValue(called, out var user) ? user : WithPrefix(called) ?? (_aliases.TryGetValue(called, out user) ? user : null));

    private User? WithPrefix(ReadOnlySpan<char> called)
    {
        for (var length = Math.Min(_longest, called.Length); length > 0; length--)
        {
            if (_prefixes.TryGetValue(called[..length], out var user))
            {
                return user;
            }
        }

        return null;
    }

    private static Dictionary<string, User>.AlternateLookup<ReadOnlySpan<char>> Lookup(int capacity) =>
        new Dictionary<string, User>(capacity, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
}
