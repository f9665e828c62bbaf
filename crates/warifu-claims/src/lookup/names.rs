//! The names of the records of a shelf, in one text.

/// The names of records, by number. The text is looked at only when a name is asked for.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Where the name of each record begins and ends.
    places: Vec<(u32, u32)>,
    text: String,
}

impl Names {
    /// The name of a record.
    #[inline]
    pub(super) fn of(&self, record: u32) -> &str {
        let (from, to) = self.places[record as usize];
        &self.text[from as usize..to as usize]
    }

    /// Which of the records from `begin` on have `name`, if any.
    pub(super) fn place_of(&self, name: &str, begin: usize) -> Option<Place> {
        let mut places = self.places[begin..].iter().copied();
        places.find(|(from, to)| &self.text[*from as usize..*to as usize] == name).map(Place)
    }

    /// Where the name of a record is.
    pub(super) fn place(&self, record: usize) -> Place {
        Place(self.places[record])
    }

    /// Takes a name in.
    pub(super) fn write(&mut self, name: &str) -> Place {
        let from = self.text.len() as u32;
        self.text.push_str(name);
        Place((from, self.text.len() as u32))
    }

    /// The name of the next record.
    pub(super) fn push(&mut self, place: Place) {
        self.places.push(place.0);
    }

    /// No room for more.
    pub(super) fn complete(mut self) -> Names {
        self.places.shrink_to_fit();
        self.text.shrink_to_fit();
        self
    }

    /// How many bytes of memory it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.places) + self.text.len()
    }
}

/// Where a name begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place((u32, u32));
